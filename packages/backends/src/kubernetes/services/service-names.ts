import type { ServiceMapping } from '@devops-mcp/contract';

type Labels = Readonly<Record<string, string>> | null | undefined;

/** Labels that say which service an object belongs to, most telling first. */
export const serviceLabels = [
  'backstage.io/kubernetes-id',
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
  'app',
  'k8s-app',
] as const;

/** A name that an answer may carry. */
const usableName = /^[A-Za-z0-9][\w.-]{0,62}$/;

export interface Named {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
}

/** Names workloads after services: what the services' own files say, else labels, else the workload's name. */
export function serviceNames(services: ServiceMapping): { of(workload: Named): string } {
  const known = new Set(services.services());
  const placed = new Map<string, string>();
  for (const service of known) {
    const { namespace, workload } = placeOf(services, service);
    if (workload !== undefined) placed.set(`${namespace ?? ''}/${workload}`, service);
  }
  return {
    of({ namespace, name, labels }) {
      const set = placed.get(`${namespace}/${name}`) ?? placed.get(`/${name}`);
      if (set !== undefined) return set;
      const candidates = [...serviceLabels.map((label) => labels?.[label] ?? ''), name]
        .filter((candidate) => usableName.test(candidate))
        .flatMap((candidate) => [services.serviceOf(candidate), candidate]);
      // A chart used by many services is the name of all of them; the catalog knows which one is meant.
      return candidates.find((candidate) => known.has(candidate)) ?? candidates[0] ?? name;
    },
  };
}

export interface Placement {
  readonly namespace: string | undefined;
  /** The workload's name; a kind before it (`deployment/checkout`) is left out. */
  readonly workload: string | undefined;
  readonly selector: string | undefined;
}

/** `kubernetes.namespace`, `kubernetes.workload` and `kubernetes.selector` of the service's own file. */
export function placeOf(services: ServiceMapping, service: string): Placement {
  const setting = (key: string) => {
    const value = services.setting(service, `kubernetes.${key}`);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const workload = setting('workload');
  return {
    namespace: setting('namespace'),
    workload: workload?.slice(workload.lastIndexOf('/') + 1),
    selector: setting('selector'),
  };
}
