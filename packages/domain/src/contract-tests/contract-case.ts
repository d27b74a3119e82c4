/** One thing that every backend of a port must do; `run` rejects with an assertion error when it does not. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}
