import { z } from 'zod';

const text = z.string().nullish();
const words = z.record(z.string(), z.string()).nullish();
const reference = z.object({ name: text, key: text }).nullish();
const named = z.object({ name: text }).nullish();
const amounts = z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).nullish();

const container = z.object({
  name: z.string(),
  image: text,
  command: z.array(z.string()).nullish(),
  args: z.array(z.string()).nullish(),
  env: z
    .array(
      z.object({
        name: z.string(),
        value: text,
        valueFrom: z
          .object({ secretKeyRef: reference, configMapKeyRef: reference, fieldRef: z.unknown().optional() })
          .nullish(),
      }),
    )
    .nullish(),
  envFrom: z.array(z.object({ secretRef: named, configMapRef: named })).nullish(),
  resources: z.object({ requests: amounts, limits: amounts }).nullish(),
  livenessProbe: z.unknown().optional(),
  readinessProbe: z.unknown().optional(),
  startupProbe: z.unknown().optional(),
});
export type Container = z.output<typeof container>;

/** What a workload makes its pods from. */
export const podTemplate = z.object({
  metadata: z.object({ labels: words, annotations: words }).nullish(),
  spec: z
    .object({
      containers: z.array(container).nullish(),
      initContainers: z.array(container).nullish(),
      volumes: z
        .array(
          z.object({
            name: z.string(),
            secret: z.object({ secretName: text }).nullish(),
            configMap: named,
          }),
        )
        .nullish(),
      serviceAccountName: text,
    })
    .nullish(),
});
export type PodTemplate = z.output<typeof podTemplate>;

export function containersOf(template: PodTemplate): readonly Container[] {
  return template.spec?.containers ?? [];
}

/** The container that is named like the workload or service, else the first, as kubectl takes it. */
export function mainContainer(template: PodTemplate, ...names: readonly string[]): Container | undefined {
  const all = containersOf(template);
  const annotated = template.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  return all.find(({ name }) => name === annotated) ?? all.find(({ name }) => names.includes(name)) ?? all[0];
}

/** The tag of an image, or the beginning of its digest. */
export function versionOf(image: string | null | undefined): string | null {
  const [name = '', digest = ''] = (image ?? '').split('@');
  const tag = /:([^:/]+)$/.exec(name.slice(name.lastIndexOf('/') + 1))?.[1];
  return tag ?? /^sha256:[0-9a-f]{12}/.exec(digest)?.[0] ?? null;
}

/** `checkout.limits.memory` to `512Mi`, for every container. */
export function resourcesOf(template: PodTemplate): Readonly<Record<string, string>> {
  const entries = containersOf(template).flatMap(({ name, resources }) =>
    (['requests', 'limits'] as const).flatMap((kind) =>
      Object.entries(resources?.[kind] ?? {}).map(
        ([resource, amount]) => [`${name}.${kind}.${resource}`, amount] as const,
      ),
    ),
  );
  return Object.fromEntries(entries);
}
