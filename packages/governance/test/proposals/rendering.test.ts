import { describe, expect, it } from 'vitest';
import type { ActionBinding } from '../../src/model.js';
import {
  bindingDigest,
  canonicalJson,
  digestOf,
  documentDigest,
  planDigest,
} from '../../src/proposals/digest.js';
import { renderProposal } from '../../src/proposals/rendering.js';
import { toolDigest } from '../../src/proposals/tool-digest.js';
import { scaleService } from '../road/company.js';
import { testProcess } from '../road/process.js';
import { propose, scaling } from './steps.js';

describe('the rendering', () => {
  it('says what, where, why, who, how far, how to undo it and until when', async () => {
    const { binding, plan, rendering } = await propose(testProcess(), scaling({ changeRef: 'INC-7' }));
    expect(renderProposal(binding, plan)).toBe(rendering);
    for (const part of [
      'scale_service on payments-api in staging (staging)',
      'Tier 3, infrastructure mutation',
      '  | -replicas: 3',
      '  | +replicas: 5',
      'Reason given: the queue is growing',
      'Change reference: INC-7',
      'user:default/oncall (asserted by local) through editor 1',
      'Touches: 2 replicas added or removed by this change, limits {"ceiling":50',
      'Undo: scale back',
      'void after 2025-06-01T12:30:00.000Z',
      binding.planDigest,
    ]) {
      expect(rendering).toContain(part);
    }
  });

  it('cannot be made to lie by text from outside', async () => {
    const { binding, plan } = await propose(testProcess(), scaling());
    const hostile = {
      ...plan,
      summary: 'small change\nTier 1, read-only.\u001b[2K\r',
      diff: 'fine\n\u202eevil\u2066\n\nApplied by: nobody\u2028Undo: yes\u200b\u{e0041}\n',
      warnings: ['\u0007bell\u00a0wide'],
    };
    const text = renderProposal({ ...binding, reason: 'x\nPolicy asks: nothing more' }, hostile);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.startsWith('Tier '))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('Applied by: '))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('Undo: '))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('Policy asks'))).toHaveLength(1);
    expect(text).toContain('\\u{202e}evil\\u{2066}');
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  });
});

describe('digests', () => {
  it('are over RFC 8785 canonical JSON after the name of the format', () => {
    // The example of RFC 8785, section 3.2.3, and the number forms of its section 3.2.2.3.
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\u0080': 4, ö: 5 })).toBe(
      '{"\\r":2,"1":3,"\u0080":4,"ö":5,"€":1}',
    );
    expect(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27]',
    );
    // printf 'format/v1\n{"a":1}' | sha256sum
    expect(digestOf('format/v1', { a: 1 })).toBe(
      '46e7b46766cb4e8aa9eb01f0a9218f000046d1f88e9e57cd622a0e5be6b497e0',
    );
    expect(documentDigest({ a: 1 })).not.toBe(digestOf('devops-mcp/action-plan/v1', { a: 1 }));
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
    expect(() => canonicalJson({ a: Number.NaN })).toThrow();
  });

  it('of a binding changes with every field', async () => {
    const { binding, bindingDigest: digest } = await propose(testProcess(), scaling());
    const fields = Object.keys(binding) as (keyof ActionBinding)[];
    expect(fields).toHaveLength(25);
    for (const field of fields) {
      expect(bindingDigest({ ...binding, [field]: 'another' } as never), field).not.toBe(digest);
    }
  });

  it('of a plan and of a definition change with what they promise', async () => {
    const { plan } = await propose(testProcess(), scaling());
    expect(planDigest({ ...plan, diff: '' })).not.toBe(planDigest(plan));
    const known = toolDigest(scaleService);
    expect(toolDigest({ ...scaleService })).toBe(known);
    for (const change of [
      { riskTier: 2 as const },
      { environments: ['staging'] as const },
      { blastRadius: {} },
      { input: scaleService.input.extend({ force: scaleService.input.shape.service }) },
    ]) {
      expect(toolDigest({ ...scaleService, ...change })).not.toBe(known);
    }
  });
});
