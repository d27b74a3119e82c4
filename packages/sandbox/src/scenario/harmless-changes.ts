import type { PlannedChange } from './model.js';

/** Changes that look as good as the cause and did nothing. */
type Harmless = Omit<PlannedChange, 'id' | 'committedMs'>;

export const harmlessDeployments: readonly Harmless[] = [
  {
    service: 'notifications',
    version: '2.9.6',
    title: 'new wording of the order confirmation',
    body: 'Texts only.',
  },
  { service: 'shipping', version: '2.22.1', title: 'smaller labels for one carrier', body: 'Layout only.' },
  {
    service: 'web',
    version: '5.12.4',
    title: 'new footer',
    body: 'Markup and assets only.',
    config: { ASSET_VERSION: '119' },
  },
  { service: 'fraud-check', version: '1.9.3', title: 'update base image', body: 'No change of behaviour.' },
  { service: 'checkout', version: '3.44.2', title: 'log the cart id with every line', body: 'Logging only.' },
  { service: 'users', version: '7.1.3', title: 'update base image', body: 'No change of behaviour.' },
  {
    service: 'inventory',
    version: '2.8.7',
    title: 'clearer names of metrics',
    body: 'No change of behaviour.',
  },
];

export const harmlessSettings: readonly Harmless[] = [
  {
    service: 'web',
    title: 'cache pages for 45 seconds',
    body: 'Traffic at lunch time.',
    config: { PAGE_CACHE_SECONDS: '45' },
  },
  {
    service: 'search',
    title: 'switch on semantic ranking for staff',
    body: 'Only for signed-in staff.',
    flags: { semantic_ranking: 'staff' },
  },
  {
    service: 'shipping',
    title: 'raise the timeout of the carrier',
    body: 'Labels of one carrier take longer.',
    config: { CARRIER_TIMEOUT_MS: '4500' },
  },
];
