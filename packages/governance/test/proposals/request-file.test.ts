import type { JsonObject } from '@devops-mcp/contract';
import { describe, expect, it } from 'vitest';
import { bindingDigest } from '../../src/proposals/digest.js';
import { exportProposal, parseRequestFile } from '../../src/proposals/request-file.js';
import { testProcess } from '../road/process.js';
import { propose, scaling } from './steps.js';

const record = await propose(testProcess(), scaling({ environment: 'production', changeRef: 'CHG-7' }));
const text = exportProposal(record);

function edited(edit: (file: { binding: JsonObject; plan: JsonObject } & JsonObject) => unknown): string {
  const file = JSON.parse(text);
  return JSON.stringify(edit(file) ?? file);
}

describe('a request file', () => {
  it('is whole in itself and renders here to what was shown there', () => {
    const file = parseRequestFile(text);
    expect(file).toEqual({
      proposalId: record.id,
      bindingDigest: record.bindingDigest,
      binding: record.binding,
      plan: record.plan,
      attachments: {},
      rendering: record.rendering,
    });
  });

  it.each([
    ['argument', () => edited((file) => ({ ...file, binding: { ...file.binding, reason: 'nicer' } }))],
    ['plan', () => edited((file) => ({ ...file, plan: { ...file.plan, summary: 'smaller' } }))],
    ['text', () => edited((file) => ({ ...file, rendering: 'harmless\n' }))],
    ['audience', () => edited((file) => ({ ...file, audience: 'local' }))],
    ['proposal id', () => edited((file) => ({ ...file, proposalId: 'prop_00000000000000000000000000' }))],
    ['attachment', () => edited((file) => ({ ...file, attachments: { ['0'.repeat(64)]: { a: 1 } } }))],
    ['extra key', () => edited((file) => ({ ...file, trusted: true }))],
    [
      'extra key in the binding',
      () => edited((file) => ({ ...file, binding: { ...file.binding, approved: true } })),
    ],
    ['missing field', () => edited(({ plan, ...file }) => file)],
    ['prototype', () => text.replace('"attachments": {}', '"attachments": { "__proto__": { "a": 1 } }')],
    [
      'duplicate key',
      () =>
        text.replace('"audience"', '"rendering": "harmless", "audience"').replace(record.binding.reason, 'x'),
    ],
    ['nested bomb', () => `${'['.repeat(400_000)}${']'.repeat(400_000)}`],
    ['size', () => `${text}${' '.repeat(1_000_000)}`],
    ['garbage', () => 'not json'],
    ['nothing', () => ''],
    ['null', () => 'null'],
  ])('with another %s is refused', (_, make) => {
    expect(() => parseRequestFile(make())).toThrow('The request file is refused');
  });

  it('with a consistently renamed digest but another text is refused', () => {
    const binding = { ...record.binding, reason: 'nicer' };
    const file = { ...JSON.parse(text), binding, bindingDigest: bindingDigest(binding) };
    expect(() => parseRequestFile(JSON.stringify(file))).toThrow(
      'the text is not what the change renders to',
    );
  });
});
