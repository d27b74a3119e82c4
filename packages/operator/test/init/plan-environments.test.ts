import { describe, expect, it } from 'vitest';
import type { KubeContext } from '../../src/doctor/exposure/kube-contexts.js';
import type { Choice } from '../../src/init/environment-class.js';
import { readChoice, suggestClass } from '../../src/init/environment-class.js';
import { planEnvironments } from '../../src/init/plan-environments.js';

const context = (name: string): KubeContext => ({
  ...{ name, file: '/k', cluster: name, server: null, user: 'token', current: false },
});
const all = (kind: Choice, names: readonly string[]) => new Map(names.map((name) => [name, kind] as const));

function planned(contexts: readonly string[], prometheus: readonly string[], kind: Choice = 'production') {
  const chosen = {
    contexts: all(kind, contexts),
    prometheus: all(kind, prometheus),
    alertmanager: new Map<string, Choice>(),
  };
  return planEnvironments(chosen, contexts.map(context)).map((one) => [one.name, one.prometheus]);
}

describe('planEnvironments', () => {
  it('gives the only address of a class to each of its clusters', () => {
    expect(planned(['eu', 'us'], ['http://m'])).toEqual([
      ['production', 'http://m'],
      ['us', 'http://m'],
    ]);
  });

  it('gives several addresses in order, and makes environments for those left over', () => {
    expect(planned(['eu', 'us'], ['http://1', 'http://2', 'http://3'])).toEqual([
      ['production', 'http://1'],
      ['us', 'http://2'],
      ['production-3', 'http://3'],
    ]);
  });

  it('never uses a name twice, nor the one of calls without an environment', () => {
    expect(planned(['eu', 'production', 'none', 'A/B c', 'b-C'], [], 'production')).toEqual([
      ['production', null],
      ['production-2', null],
      ['production-3', null],
      ['b-c', null],
      ['production-5', null],
    ]);
  });

  it('leaves out what is skipped', () => {
    expect(planned(['eu'], ['http://m'], 'skip')).toEqual([]);
  });
});

describe('suggestClass', () => {
  it.each([
    ['eks-prod-staging', 'production'],
    ['pre-prod', 'production'],
    ['shop-stg', 'staging'],
    ['uat', 'staging'],
    ['kind-shop', 'development'],
    ['dev-1', 'development'],
    ['shop', undefined],
    ['testimony', undefined],
  ])('%s', (name, suggested) => {
    expect(suggestClass(name)).toBe(suggested);
  });
});

describe('readChoice', () => {
  it.each([
    ['production', 'production'],
    ['P', 'production'],
    [' skip ', 'skip'],
    ['prod', undefined],
    ['', undefined],
  ])('%j', (text, choice) => {
    expect(readChoice(text)).toBe(choice);
  });
});
