import type { Configuration } from '@devops-mcp/runtime';
import { type KubeContext, kubeContexts } from './kube-contexts.js';
import { looksLikeProduction, looksLocal } from './production-name.js';
import { type Reach, type Surroundings, set } from './reach.js';
import { readSmallFile } from './read-small-file.js';

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

const ofThisPod: Reach = {
  ...{ kind: 'kubernetes', name: "this pod's service account", place: serviceAccountToken },
  ...{ means: 'token', write: 'possible', production: 'unknown' },
};

/** Contexts that a shell of this user could use, and the service account of the pod that this runs in. */
export async function kubernetesReach(
  surroundings: Surroundings,
  configuration: Configuration | undefined,
): Promise<readonly Reach[]> {
  const classes = classesByContext(configuration);
  const contexts = await kubeContexts(surroundings);
  const inPod = set(surroundings.variables, 'KUBERNETES_SERVICE_HOST') !== undefined;
  const inCluster = inPod ? await readSmallFile(serviceAccountToken) : undefined;
  return [
    ...contexts.map((context): Reach => {
      const { name, file, user } = context;
      const production = productionOf(context, classes);
      const write = user === 'none' ? 'no' : 'possible';
      return { kind: 'kubernetes', name, place: file, means: user, write, production };
    }),
    ...(inCluster === undefined ? [] : [ofThisPod]),
  ];
}

function productionOf(
  { name, cluster, server }: KubeContext,
  classes: ReadonlyMap<string, ReadonlySet<string>>,
): Reach['production'] {
  const configured = classes.get(name);
  if (configured?.has('production')) return 'yes';
  if ([name, cluster, server ?? ''].some(looksLikeProduction)) return 'likely';
  return configured || looksLocal(name) ? 'no' : 'unknown';
}

/** The classes of the environments that name a context, whichever backend or side names it. */
function classesByContext(
  configuration: Configuration | undefined,
): ReadonlyMap<string, ReadonlySet<string>> {
  const classes = new Map<string, Set<string>>();
  for (const environment of configuration?.environments ?? []) {
    const ports = { ...configuration?.sharedPorts, ...environment.ports };
    for (const context of contextsIn(ports)) {
      classes.set(context, (classes.get(context) ?? new Set()).add(environment.class));
    }
  }
  return classes;
}

function contextsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'context' && typeof inner === 'string' ? [inner] : contextsIn(inner),
  );
}
