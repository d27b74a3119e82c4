import { homedir } from 'node:os';
import type { Configuration } from '@devops-mcp/runtime';
import { type Check, ok, warning } from '../check.js';
import { cloudReach } from './cloud-reach.js';
import { kubernetesReach } from './kubernetes-reach.js';
import { type Reach, reachesProduction, type Surroundings } from './reach.js';
import { sourceControlReach } from './source-control-reach.js';
import { toolReach } from './tool-reach.js';

/** What the current user can already do without the suite. */
export interface Exposure {
  readonly reaches: readonly Reach[];
  /** False where something was found with which production may be changed without the suite. */
  readonly enforced: boolean;
}

export async function findExposure(
  configuration: Configuration | undefined,
  surroundings: Surroundings = { home: homedir(), variables: process.env },
): Promise<Exposure> {
  const found = await Promise.all([
    kubernetesReach(surroundings, configuration),
    cloudReach(surroundings),
    sourceControlReach(surroundings),
    toolReach(surroundings),
  ]);
  const reaches = found.flat();
  return { reaches, enforced: !reaches.some(reachesProduction) };
}

/** A verdict, then one line for each way. */
export function exposureChecks({ reaches, enforced }: Exposure): readonly Check[] {
  const verdict = enforced
    ? ok('exposure', 'No credential was found with which this user changes production without the suite.')
    : warning(
        'exposure',
        'Not enforced on this machine: this user, and an agent with a shell, may change production without the suite.',
        'Work as a user without these credentials, or narrow them to reading; an executor elsewhere keeps those that write.',
      );
  return [
    verdict,
    ...reaches.map(
      (reach): Check => ({
        area: 'exposure',
        level: reachesProduction(reach) ? 'warning' : 'ok',
        message: describe(reach),
      }),
    ),
  ];
}

const productionWords: Readonly<Record<Reach['production'], string>> = {
  yes: 'production by the configuration',
  likely: 'production by its name',
  unknown: 'production or not is not known',
  no: 'not production',
};

function describe({ kind, name, place, means, write, production }: Reach): string {
  const writes = write === 'possible' ? 'write possible' : 'no write';
  return `${kind} ${name}: ${means} in ${place}; ${writes}; ${productionWords[production]}`;
}
