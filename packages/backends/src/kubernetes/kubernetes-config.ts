import { z } from 'zod';

export const kubernetesConfig = z.strictObject({});

export type KubernetesConfig = z.output<typeof kubernetesConfig>;
