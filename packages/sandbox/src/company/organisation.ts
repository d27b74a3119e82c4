import type { ShopResource, Team } from './model.js';

export const shopTeams: readonly Team[] = [
  { name: 'team-storefront', title: 'Storefront', members: ['storefront-one', 'storefront-two'] },
  { name: 'team-checkout', title: 'Checkout', members: ['checkout-one', 'checkout-two', 'checkout-three'] },
  { name: 'team-payments', title: 'Payments', members: ['payments-one', 'payments-two', 'payments-three'] },
  { name: 'team-orders', title: 'Orders', members: ['orders-one', 'orders-two'] },
  { name: 'team-supply', title: 'Supply', members: ['supply-one', 'supply-two', 'supply-three'] },
  {
    name: 'team-catalogue',
    title: 'Catalogue',
    members: ['catalogue-one', 'catalogue-two', 'catalogue-three'],
  },
  { name: 'team-identity', title: 'Identity', members: ['identity-one', 'identity-two'] },
  { name: 'team-messaging', title: 'Messaging', members: ['messaging-one', 'messaging-two'] },
  { name: 'team-observability', title: 'Observability', members: ['observability-one', 'observability-two'] },
  { name: 'team-delivery', title: 'Delivery', members: ['delivery-one', 'delivery-two'] },
  { name: 'team-oncall', title: 'On call', members: ['oncall'] },
  { name: 'team-approvers', title: 'Approvers', members: ['approver-one', 'approver-two', 'change-manager'] },
];

export const shopResources: readonly ShopResource[] = [
  resource('payments-db', 'database', 'team-payments', 'postgresql', 'Payment attempts and ledger'),
  resource('orders-db', 'database', 'team-orders', 'postgresql', 'Orders and their lines'),
  resource('inventory-db', 'database', 'team-supply', 'postgresql', 'Stock and reservations'),
  resource('catalogue-db', 'database', 'team-catalogue', 'postgresql', 'Products and prices'),
  resource('users-db', 'database', 'team-identity', 'postgresql', 'Accounts and addresses'),
  resource('shipping-db', 'database', 'team-supply', 'postgresql', 'Shipments and labels'),
  resource('cart-cache', 'cache', 'team-checkout', 'redis', 'Open carts'),
  resource('fraud-cache', 'cache', 'team-payments', 'redis', 'Recent scores'),
  resource('catalogue-cache', 'cache', 'team-catalogue', 'redis', 'Rendered products'),
  resource('feature-cache', 'cache', 'team-catalogue', 'redis', 'Features of the model'),
  resource('session-cache', 'cache', 'team-identity', 'redis', 'Sessions'),
  resource('search-index', 'search-index', 'team-catalogue', 'opensearch', 'Index of products'),
  resource('order-events', 'queue', 'team-orders', 'rabbitmq', 'Events of orders'),
  {
    ...resource(
      'payment-provider',
      'external-service',
      'team-payments',
      'https',
      'Charges cards and wallets',
    ),
    host: 'api.payment-provider.example',
    port: 443,
  },
  {
    ...resource('carrier-gateway', 'external-service', 'team-supply', 'https', 'Labels of all carriers'),
    host: 'gateway.carrier.example',
    port: 443,
  },
  {
    ...resource('mail-provider', 'external-service', 'team-messaging', 'https', 'Sends mail'),
    host: 'smtp-relay.mail-provider.example',
    port: 443,
  },
];

const byName = new Map(shopResources.map((entry) => [entry.name, entry]));

export function shopResource(name: string): ShopResource {
  const found = byName.get(name);
  if (found === undefined) throw new RangeError(`The shop has no resource named ${name}.`);
  return found;
}

function resource(
  name: string,
  type: ShopResource['type'],
  owner: string,
  system: string,
  description: string,
): ShopResource {
  const ports: Record<string, number> = { postgresql: 5432, redis: 6379, rabbitmq: 5672, opensearch: 9200 };
  return { name, type, owner, system, description, host: `${name}.shop.svc`, port: ports[system] ?? 443 };
}
