import { z } from 'zod';

const path = z.string().min(1).max(1000);
const name = z.string().min(1).max(253);
const accessFields = {
  /** Default: what `KUBECONFIG` names, else `~/.kube/config`. */
  kubeconfig: path.optional(),
  /** A context of the kubeconfig; its current one when absent. */
  context: name.optional(),
  /** The service account of the pod that this runs in, instead of a kubeconfig. */
  inCluster: z.literal(true).optional(),
  /** A bearer token that takes the place of the kubeconfig's user. */
  credential: z.string().min(1).max(20_000).optional(),
};

export const kubernetesConfig = z
  .strictObject({
    ...accessFields,
    /** Nothing outside these namespaces is read or changed; all when absent. */
    namespaces: z
      .array(
        z
          .string()
          .max(63)
          .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/),
      )
      .min(1)
      .max(100)
      .optional(),
    /** Reads Helm's releases too, which needs `list` on secrets. */
    helm: z.boolean().default(false),
    /** How approved changes are applied; what is left out is as for reading. */
    write: z
      .strictObject(accessFields)
      .refine((write) => Object.keys(write).length > 0, 'name what the write side uses, such as its context')
      .refine(oneWay, 'give either inCluster or a kubeconfig')
      .optional(),
  })
  .refine(oneWay, 'give either inCluster or a kubeconfig');

export type KubernetesConfig = z.output<typeof kubernetesConfig>;

/** How one side reaches the cluster. */
export type ClusterAccess = Pick<KubernetesConfig, 'kubeconfig' | 'context' | 'inCluster' | 'credential'>;

/** The write side uses the reader's cluster, and the reader's user only when it names nothing of its own. */
export function accessOf(config: KubernetesConfig, side: 'read' | 'write'): ClusterAccess {
  const { kubeconfig, context, inCluster, credential, write } = config;
  if (side === 'read' || write === undefined) return { kubeconfig, context, inCluster, credential };
  if (write.inCluster) return write;
  if (write.kubeconfig !== undefined) return write;
  if (write.context !== undefined) return { kubeconfig, ...write };
  return { kubeconfig, context, inCluster, ...write };
}

function oneWay(access: { readonly [K in keyof typeof accessFields]?: unknown }): boolean {
  return !(access.inCluster && (access.kubeconfig !== undefined || access.context !== undefined));
}
