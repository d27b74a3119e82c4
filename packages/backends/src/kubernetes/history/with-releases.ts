import type { Deployment, FieldChange } from '@devops-mcp/domain';
import type { HelmRelease } from './helm-releases.js';

/** Helm applies what it rendered within this time of the moment that it notes. */
const applyingMs = 120_000;

/** Rollouts with the release that made each; a release that made none is a deployment of its own. */
export function withReleases(
  service: string,
  rollouts: readonly Deployment[],
  releases: readonly HelmRelease[],
): readonly Deployment[] {
  const left = new Map(releases.map((release, index) => [release, releases[index - 1]] as const));
  const told = rollouts.map((rollout): Deployment => {
    const made = [...left.keys()].find(({ deployed }) => isMoment(deployed, rollout.time));
    if (made === undefined) return rollout;
    const before = left.get(made);
    left.delete(made);
    const diff = rollout.diff && {
      ...rollout.diff,
      configuration: [...rollout.diff.configuration, ...keyChanges(before, made)],
    };
    const by = rollout.by === 'unknown' ? 'helm (client)' : rollout.by;
    return { ...rollout, by, diff, title: `${rollout.title}; ${titleOf(made, before)}` };
  });
  const alone = [...left].map(([release, before]) => releaseAlone(service, release, before));
  return [...told, ...alone].toSorted((a, b) => b.time.getTime() - a.time.getTime());
}

function releaseAlone(service: string, release: HelmRelease, before: HelmRelease | undefined): Deployment {
  const { namespace, name, version, appVersion, deployed } = release;
  return {
    ...{ service, time: deployed, by: 'helm (client)', image: null, kind: 'configuration' },
    id: `helm/${namespace}/${name}@v${version}`,
    revision: `helm-v${version}`,
    version: appVersion === '' ? null : appVersion,
    result: resultOf(release.status),
    title: titleOf(release, before),
    diff: before === undefined ? null : { ...emptyDiff, configuration: keyChanges(before, release) },
  };
}

const emptyDiff = {
  ...{ commits: 0, authors: [], pullRequests: [], filesByArea: {}, migrations: [], flags: [] },
  ...{ image: null, resources: [], replicas: null },
};

function titleOf(release: HelmRelease, before: HelmRelease | undefined): string {
  const { name, version, chart, chartVersion, status } = release;
  const from = before && before.chartVersion !== chartVersion ? ` (was ${before.chartVersion})` : '';
  return `Helm release ${name} v${version}: chart ${chart} ${chartVersion}${from}, ${status}`;
}

function resultOf(status: string): Deployment['result'] {
  if (status === 'deployed' || status === 'superseded') return 'succeeded';
  if (status === 'failed') return 'failed';
  return status.startsWith('pending') ? 'in_progress' : 'unknown';
}

/** Keys that came or went; whether a value changed is not looked at. */
function keyChanges(before: HelmRelease | undefined, after: HelmRelease): readonly FieldChange[] {
  if (before === undefined) return [];
  const keys = [...new Set([...before.keys, ...after.keys])].sort();
  return keys.flatMap((key) => {
    const [was, is] = [before.keys.includes(key), after.keys.includes(key)];
    const say = (present: boolean) => (present ? 'set' : null);
    return was === is ? [] : [{ field: `helm:${key}`, from: say(was), to: say(is) }];
  });
}

function isMoment(deployed: Date, time: Date): boolean {
  const late = time.getTime() - deployed.getTime();
  return late > -applyingMs && late < applyingMs;
}
