import { backendOperations } from './backend-operations.js';
import type { Operation } from './model.js';
import { storefrontOperations } from './storefront-operations.js';

/** What browsers ask for, by share of all requests. */
export const entryPoints: readonly { readonly operation: string; readonly weight: number }[] = [
  { operation: 'GET /', weight: 18 },
  { operation: 'GET /products/{id}', weight: 27 },
  { operation: 'GET /search', weight: 14 },
  { operation: 'POST /cart', weight: 12 },
  { operation: 'POST /checkout', weight: 15 },
  { operation: 'GET /account/orders', weight: 8 },
  { operation: 'POST /login', weight: 6 },
];

const operations: readonly Operation[] = [...storefrontOperations, ...backendOperations];
const byKey = new Map(operations.map((operation) => [`${operation.service} ${operation.name}`, operation]));

export function operationOf(service: string, name: string): Operation {
  const operation = byKey.get(`${service} ${name}`);
  if (operation === undefined) throw new RangeError(`${service} has no operation ${name}.`);
  return operation;
}
