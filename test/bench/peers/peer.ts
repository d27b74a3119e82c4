import { z } from 'zod';
import type { Facts } from './start-cluster.js';

export const questions = ['workload', 'ill', 'deployed'] as const;
export type Question = (typeof questions)[number];

export const wordings: Readonly<Record<Question, string>> = {
  workload: 'what is wrong with this workload',
  ill: 'which pods are ill',
  deployed: 'what was deployed',
};

const call = z.strictObject({ tool: z.string(), input: z.record(z.string(), z.unknown()) });

export const peerSchema = z.strictObject({
  name: z.string().min(1),
  command: z.string().min(1),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()).default({}),
  /** False for a server that asks something else than the cluster: its latency is shown and nothing is held to it. */
  judgesLatency: z.boolean().default(true),
  /** The calls that answer each question; a question that is left out is one the server cannot answer. */
  questions: z.partialRecord(z.enum(questions), z.array(call).min(1)),
});

/** A server's command line and what to ask it; texts may name facts of the cluster in braces. */
export type Peer = z.output<typeof peerSchema>;
export type Call = z.output<typeof call>;

export const peersSchema = z.array(peerSchema).max(20);

/** The same with the facts in place of their names. Throws for a name that there is not. */
export function filled<T>(value: T, facts: Facts): T {
  const text = JSON.stringify(value).replace(/\{([a-z]+)\}/g, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined)
      throw new Error(`{${name}} is no fact of the cluster; there are: ${Object.keys(facts).join(', ')}`);
    return JSON.stringify(fact).slice(1, -1);
  });
  return JSON.parse(text);
}
