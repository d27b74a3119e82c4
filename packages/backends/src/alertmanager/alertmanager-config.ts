import { z } from 'zod';

export const alertmanagerConfig = z.strictObject({});

export type AlertmanagerConfig = z.output<typeof alertmanagerConfig>;
