/** placeholder replaced below */
export interface ApproverSource {
  load(): Promise<unknown>;
}
