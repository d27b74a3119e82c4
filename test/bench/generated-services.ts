/** Services of the generated telemetry, in the order of a request: front, middle, back, storage. */
export const generatedServices = [
  'web',
  'mobile-api',
  'checkout',
  'search',
  'payments',
  'inventory',
  'orders-store',
  'users-store',
] as const;

export const instancesPerService = 3;
