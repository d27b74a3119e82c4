import { loadConfiguration, StartError, writeExposureRecord } from '@devops-mcp/runtime';
import type { Command } from 'commander';
import type { AskServer } from '../doctor/ask-servers.js';
import { type Diagnosis, hasFailure } from '../doctor/check.js';
import { diagnose } from '../doctor/diagnose.js';
import { type Exposure, exposureChecks, findExposure } from '../doctor/exposure/exposure.js';
import { reachesProduction } from '../doctor/exposure/reach.js';
import { countLevels, renderDiagnosis } from '../doctor/render-diagnosis.js';
import { guarded, print } from '../terminal.js';

interface Options {
  readonly config?: string;
  readonly format: string;
  readonly exposure?: boolean;
}

/**
 * `doctor`: exit code 0 when nothing failed, 1 when something did, 2 for a wrong command line.
 * `examine` stands in for the servers' own programs.
 */
export function addDoctorCommand(program: Command, examine?: AskServer): void {
  program
    .command('doctor')
    .description('look at the configuration and ask every backend that it names whether it works')
    .option('--config <file>', 'devops-mcp.yaml')
    .option('--format <text|json>', 'how to print it', 'text')
    .option('--exposure', 'also list what this user can do to production without the suite')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .action((options: Options) => guarded(() => doctor(options, examine)));
}

async function doctor({ config, format, exposure }: Options, examine?: AskServer): Promise<void> {
  if (format !== 'text' && format !== 'json') {
    throw new StartError(`--format is text or json, not ${format.slice(0, 40)}.`, { kind: 'usage' });
  }
  const diagnosis = await diagnose(config, examine);
  const exposed = exposure ? await lookAround(diagnosis) : undefined;
  const checks = [...diagnosis.checks, ...(exposed ? exposureChecks(exposed) : [])];
  const all: Diagnosis = { ...diagnosis, checks };
  print(format === 'json' ? asJson(all, exposed) : renderDiagnosis(all));
  process.exitCode = hasFailure(checks) ? 1 : 0;
}

/** What was found is kept beside the state, so that servers of this machine know of it. */
async function lookAround({ configuration }: Diagnosis): Promise<Exposure> {
  if (configuration === null) return findExposure(undefined);
  const loaded = await loadConfiguration(configuration);
  const found = await findExposure(loaded);
  await writeExposureRecord(loaded.stateDir, {
    at: new Date().toISOString(),
    ways: found.reaches.filter(reachesProduction).length,
  });
  return found;
}

function asJson(diagnosis: Diagnosis, exposure: Exposure | undefined): string {
  const summary = countLevels(diagnosis.checks);
  return JSON.stringify({ summary, ...diagnosis, ...(exposure ? { exposure } : {}) }, null, 2);
}
