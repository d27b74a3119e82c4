import { type CallContext, type ErrorCode, type JsonObject, ToolError } from '@devops-mcp/contract';
import { canariesShown, type Fault } from '@devops-mcp/testing/faults';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rejection } from '../http/target.js';
import { type FaultName, faultTable } from './fault-table.js';
import { now, type Ports, type System, writes } from './subjects.js';

const callOf = (signal = new AbortController().signal): CallContext => ({
  signal,
  now,
  progress: () => undefined,
});

/** Where it is open whether the change was made, no code may say that it was not. */
const open: readonly ErrorCode[] = ['unavailable', 'timeout', 'limit_exceeded'];
const certain = [
  '400',
  '401',
  '403',
  '404',
  '409',
  '429 for a minute',
  'a redirect',
  'an empty answer',
] as const;
const uncertain = (Object.keys(faultTable) as FaultName[]).filter(
  (name) => !certain.some((one) => one === name),
);

describe.each(writes)('$name', (subject) => {
  let system: System;
  let ports: Ports;
  let change: JsonObject;
  beforeEach(async () => {
    system = await subject.system();
    ports = await system.open(subject.port);
    ({ change } = await subject.plan(ports, callOf()));
    system.proxy.forget();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await system.close();
  });

  const break_ = (fault: Fault) => system.proxy.play({ ...subject.write, fault });
  const apply = (call = callOf()) => subject.apply(ports, change, call);
  const sent = () => system.proxy.requests.filter(({ fault }) => fault !== 'none');
  const refused = async (): Promise<ToolError> => {
    const error = await rejection(apply());
    if (error instanceof ToolError) return error;
    throw error;
  };

  it('is made once without a fault', async () => {
    await expect(apply()).resolves.toMatchObject({ verified: true });
    expect(system.written()).toBe(1);
  });

  it.each(uncertain)('is sent once, and is left open, after %s', async (name) => {
    break_(faultTable[name][0]);
    const error = await refused();
    expect(open).toContain(error.code);
    expect(`${error.message} ${error.hint}`).toMatch(/may have been made|is not known/);
    expect(canariesShown(error)).toEqual([]);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['401', 'denied'],
    ['403', 'denied'],
    ['429 for a minute', 'rate_limited'],
  ] as const)('is sent once, and refused, after %s', async (name, code) => {
    break_(faultTable[name][0]);
    const error = await refused();
    expect([error.code, error.message]).toEqual([code, error.message]);
    expect(canariesShown(error)).toEqual([]);
    expect(sent()).toHaveLength(1);
  });

  it('names the right that its credential lacks', async () => {
    break_({ kind: 'status', status: 403 });
    expect((await refused()).hint).toContain(subject.permission);
  });

  it('is sent once when nothing is answered until the deadline', async () => {
    break_({ kind: 'silence' });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const applying = rejection(apply());
    await vi.waitUntil(() => sent().length === 1);
    await vi.advanceTimersByTimeAsync(120_000);
    const error = await applying;
    expect(error).toBeInstanceOf(ToolError);
    expect(open).toContain(Reflect.get(Object(error), 'code'));
    expect(sent()).toHaveLength(1);
  });

  it('is not made twice by a second attempt after its answer was lost', async () => {
    break_({ kind: 'lost-answer' });
    const first = await apply().catch((error: unknown) => error);
    expect(system.written()).toBe(1);
    system.proxy.play();
    const second = await apply();
    expect(second).toMatchObject({ verified: true });
    expect(system.written()).toBe(1);
    if (first instanceof Error) expect(open).toContain(Reflect.get(first, 'code'));
  });

  it('is not sent when what comes before it fails, and says so by its code', async () => {
    system.proxy.play({ method: 'GET', fault: { kind: 'status', status: 403 } });
    const error = await refused();
    expect(error.code).toBe('denied');
    expect(system.written()).toBe(0);
  });

  it('stops when it is cancelled, and is not sent again', async () => {
    break_({ kind: 'silence' });
    const caller = new AbortController();
    const applying = rejection(apply(callOf(caller.signal)));
    await vi.waitUntil(() => sent().length === 1);
    caller.abort(new Error('the person has gone'));
    expect(await applying).toBeInstanceOf(Error);
    await system.proxy.hungUp(1);
    expect(sent()).toHaveLength(1);
  });
});
