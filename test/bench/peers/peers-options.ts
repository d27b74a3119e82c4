import { parseArgs } from 'node:util';

export interface PeersOptions {
  /** File with a list of servers to measure in place of the known ones. */
  readonly peers: string | undefined;
  readonly pods: readonly number[];
  readonly quick: boolean;
  /** Leaves out our own server. */
  readonly withoutOurs: boolean;
  readonly json: string | undefined;
}

const usage = `npm run bench:peers -- [--pods 500,5000] [--peers FILE] [--without-ours] [--quick] [--json FILE]

  --pods          sizes of the cluster, separated by commas
  --peers         a JSON list of servers in place of the known ones: name, command, args, env, and for each question
                  (workload, ill, deployed) the calls that answer it; {kubeconfig}, {prometheus}, {namespace},
                  {workload} and {pod} are filled in
  --without-ours  measures the others alone
  --quick         one repetition of everything: shows that it runs, measures nothing well
  --json          writes every figure to FILE as well
`;

/** Throws an Error whose message can be shown for options that do not exist. */
export function readPeersOptions(argv: readonly string[]): PeersOptions {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean', default: false } as const;
  const options = { peers: text, pods: text, json: text, quick: yes, 'without-ours': yes };
  try {
    const { values } = parseArgs({ args: [...argv], options });
    const pods = (values.pods ?? '500,5000').split(',').map(Number);
    if (pods.some((each) => !Number.isInteger(each) || each < 1 || each > 20_000))
      throw new Error('--pods takes numbers from 1 to 20000');
    return {
      peers: values.peers,
      pods,
      quick: values.quick,
      withoutOurs: values['without-ours'],
      json: values.json,
    };
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n\n${usage}`, { cause });
  }
}
