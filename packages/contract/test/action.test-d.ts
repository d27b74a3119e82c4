import { z } from 'zod';
import { defineAction, definePort, defineTool, optional } from '../src/index.js';

// Each expected error below is a promise of the contract: what must not happen does not compile.
// `control/must-fail.ts` shows that these files are really checked.

const port = definePort<{ read(): string }, { write(text: string): string }>()('notes', 'Notes');
const input = z.strictObject({ text: z.string().max(10) });
const plan = {
  change: { text: 'x' },
  observed: {},
  blastRadius: { services: 1 },
  reversal: { kind: 'reversible', how: 'Write the old text.' },
  summary: 'Writes x.',
  diff: '+x',
} as const;

const whole = {
  name: 'write_note',
  title: 'Write a note',
  description: 'Writes a note.',
  riskTier: 2,
  ports: { notes: port },
  input,
  limits: { timeoutMs: 1_000, outputBytes: 1_000 },
  environments: ['production'],
  blastRadius: { services: 1 },
  reversal: { kind: 'reversible', how: 'Write the old text.' },
  resolve: () => ({ environment: 'production', services: [] }),
  plan: async () => plan,
  apply: async () => ({ summary: 'done', artifactRef: null, observed: {}, verified: true }),
} as const;

defineAction(whole);

const { blastRadius: _blastRadius, ...withoutBlastRadius } = whole;
// @ts-expect-error an action names the most it may touch
defineAction(withoutBlastRadius);

const { reversal: _reversal, ...withoutReversal } = whole;
// @ts-expect-error an action says how it is undone, or that it cannot be
defineAction(withoutReversal);

const { plan: _plan, ...withoutPlan } = whole;
// @ts-expect-error an action plans before it applies
defineAction(withoutPlan);

const { apply: _apply, ...withoutApply } = whole;
// @ts-expect-error an action applies what was planned
defineAction(withoutApply);

const { environments: _environments, ...withoutEnvironments } = whole;
// @ts-expect-error an action says where it may act
defineAction(withoutEnvironments);

// @ts-expect-error tier 1 is for tools
defineAction({ ...whole, riskTier: 1 });

// @ts-expect-error an unknown dimension of blast radius
defineAction({ ...whole, blastRadius: { planets: 1 } });

// @ts-expect-error a plan that does not say what it rests on
defineAction({ ...whole, plan: async () => ({ ...plan, observed: undefined }) });

defineAction({
  ...whole,
  // @ts-expect-error planning sees no write side
  plan: async ({ ports }) => ({ ...plan, summary: ports.notes.write('x') }),
  apply: async ({ ports }) => ({
    summary: ports.notes.write('x'),
    artifactRef: null,
    observed: {},
    verified: true,
  }),
});

const tool = {
  name: 'read_note',
  title: 'Read a note',
  description: 'Reads a note.',
  riskTier: 1,
  ports: { notes: port },
  input,
  output: z.object({ text: z.string() }),
  limits: { timeoutMs: 1_000, outputBytes: 1_000 },
  target: () => ({ environment: 'none', services: [] }),
  run: async () => ({ text: 'x' }),
  render: ({ text }: { text: string }) => text,
} as const;

defineTool(tool);

// @ts-expect-error whatever changes something is an action
defineTool({ ...tool, riskTier: 3 });

// @ts-expect-error an answer that does not fit the output schema
defineTool({ ...tool, run: async () => ({ words: 'x' }) });

const { limits: _limits, ...withoutLimits } = tool;
// @ts-expect-error every call has a deadline and every answer a size
defineTool(withoutLimits);

defineTool({
  ...tool,
  ports: { notes: optional(port) },
  // @ts-expect-error an optional port may be absent
  run: async ({ ports }) => ({ text: ports.notes.read() }),
});
