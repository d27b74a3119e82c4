/** How much of everything is measured. */
export interface Volume {
  /** `--scale` of the sandbox that calls and tokens are measured on. */
  readonly sandboxScale: number;
  readonly starts: number;
  readonly callsBeforeMemory: number;
  readonly calls: {
    readonly warmUp: number;
    readonly rounds: number;
    /** Calls of each process in each round. */
    readonly sequential: number;
    readonly concurrent: number;
  };
  readonly otlp: {
    readonly logLines: readonly number[];
    readonly ingestions: number;
    readonly queries: number;
  };
}

export const fullVolume: Volume = {
  sandboxScale: 0.1,
  starts: 21,
  callsBeforeMemory: 200,
  calls: { warmUp: 200, rounds: 12, sequential: 100, concurrent: 200 },
  otlp: { logLines: [100_000, 300_000, 1_000_000], ingestions: 2, queries: 11 },
};

export const quickVolume: Volume = {
  sandboxScale: 0.01,
  starts: 2,
  callsBeforeMemory: 5,
  calls: { warmUp: 10, rounds: 2, sequential: 10, concurrent: 16 },
  otlp: { logLines: [2_000, 6_000], ingestions: 1, queries: 2 },
};
