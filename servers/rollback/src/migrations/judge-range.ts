import { type CallContext, type PartialFailure, ToolError } from '@devops-mcp/contract';
import type { DeploymentsApi } from '@devops-mcp/domain';
import { judgeMigrations } from './judge-migrations.js';
import { type MigrationVerdict, type Verdict, worstVerdict } from './verdict.js';

/** What lies between two revisions, as far as it can be known. */
export interface JudgedRange {
  readonly judged: readonly MigrationVerdict[];
  /** The worst of all; `unknown` where nobody holds the files. */
  readonly verdict: Verdict;
  /** Why nothing could be judged; null where the files are known. */
  readonly unknownBecause: string | null;
  readonly hints: readonly string[];
  readonly partial: readonly PartialFailure[];
}

/**
 * Judges the migrations of a range. A system that holds no migration files makes the verdict `unknown`,
 * never safe. Every other failure rejects: an outage must not turn `irreversible` into `unknown`, which
 * is of a lower tier.
 */
export async function judgeRange(
  deployments: DeploymentsApi,
  range: { readonly service: string; readonly from: string; readonly to: string },
  context: CallContext,
): Promise<JudgedRange> {
  try {
    const files = await deployments.migrationsBetween(range, context);
    const judged = await judgeMigrations(files.data);
    const verdict = worstVerdict(judged.map((one) => one.verdict));
    const { hints = [], partial = [] } = files;
    return { judged, verdict, unknownBecause: null, hints, partial };
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== 'unsupported') throw error;
    const hint = error.hint === undefined ? '' : ` ${error.hint}`;
    const unknownBecause = `${error.message}${hint}`;
    return { judged: [], verdict: 'unknown', unknownBecause, hints: [], partial: [] };
  }
}
