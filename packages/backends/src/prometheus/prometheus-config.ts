import { z } from 'zod';

export const prometheusConfig = z.strictObject({});

export type PrometheusConfig = z.output<typeof prometheusConfig>;
