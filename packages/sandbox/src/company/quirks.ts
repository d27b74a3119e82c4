import { type ShopException, serverFrames } from './exceptions.js';

/** What goes wrong on every normal day, so that an incident has something to stand out from. */
export interface Quirk {
  readonly service: string;
  readonly operation: string;
  readonly share: number;
  readonly status: number;
  readonly level: 'warn' | 'error';
  readonly line: string;
  readonly exception?: ShopException;
}

export const quirks: readonly Quirk[] = [
  {
    service: 'users',
    operation: 'POST /sessions',
    share: 0.05,
    status: 401,
    level: 'warn',
    line: 'sign-in refused user={user} reason=wrong_password',
  },
  {
    service: 'catalogue',
    operation: 'GET /products/{id}',
    share: 0.008,
    status: 404,
    level: 'warn',
    line: 'product not found sku={sku}',
  },
  {
    service: 'payments-api',
    operation: 'POST /payments',
    share: 0.02,
    status: 402,
    level: 'warn',
    line: 'Payment declined payment={payment} code=insufficient_funds',
  },
  {
    service: 'inventory',
    operation: 'POST /reservations',
    share: 0.006,
    status: 409,
    level: 'warn',
    line: 'reservation refused sku={sku} reason=out_of_stock',
  },
  {
    service: 'shipping',
    operation: 'order-events process',
    share: 0.006,
    status: 503,
    level: 'error',
    line: 'Carrier refused the label order={order}, message goes back to the queue',
    exception: {
      language: 'node',
      type: 'CarrierError',
      message: 'Carrier answered 503 for order {order}',
      frames: [
        'CarrierClient.createLabel (file:///app/dist/carrier-client.js:41:13)',
        'async createShipment (file:///app/dist/shipments.js:27:19)',
        ...serverFrames.node,
      ],
    },
  },
  {
    service: 'notifications',
    operation: 'order-events process',
    share: 0.005,
    status: 503,
    level: 'error',
    line: 'Mail was not accepted order={order}, trying again later',
    exception: {
      language: 'node',
      type: 'MailError',
      message: '421 4.7.0 try again later, message {reference}',
      frames: [
        'MailClient.send (file:///app/dist/mail-client.js:33:11)',
        'async sendConfirmation (file:///app/dist/order-mails.js:19:5)',
        ...serverFrames.node,
      ],
    },
  },
  {
    service: 'search',
    operation: 'GET /search',
    share: 0.003,
    status: 504,
    level: 'error',
    line: 'query timed out terms={few}',
    exception: {
      language: 'python',
      type: 'opensearchpy.exceptions.ConnectionTimeout',
      message: 'Read timed out. (read timeout=0.9)',
      frames: [
        '"/app/service/index.py", line 73, in query\n    raise ConnectionTimeout(str(error))',
        '"/app/service/search.py", line 41, in search\n    hits = await index.query(terms)',
        ...serverFrames.python,
      ],
    },
  },
  {
    service: 'orders',
    operation: 'GET /orders',
    share: 0.001,
    status: 500,
    level: 'error',
    line: 'Listing orders failed user={user}',
    exception: {
      language: 'java',
      type: 'org.springframework.dao.QueryTimeoutException',
      message: 'Statement was cancelled after 2000 ms',
      frames: [
        'com.example.orders.OrderRepository.page(OrderRepository.java:112)',
        'com.example.orders.OrderController.list(OrderController.java:58)',
        ...serverFrames.java,
      ],
    },
  },
];

/** Lines without a request, written now and then by every instance. */
export const backgroundLines: Readonly<Record<string, readonly string[]>> = {
  java: [
    'HikariPool-1 - Pool stats (total=10, active={few}, idle=7, waiting=0)',
    'Outbox drained events={few} took_ms={ms}',
    'Metrics exported points={count}',
  ],
  go: [
    'background sweep finished removed={few}',
    'config reloaded source=configmap changed=false',
    'gc pause {ms}us',
  ],
  node: ['Health probe ok', 'Event loop delay p99={ms}ms', 'Cache statistics entries={count} hits={count}'],
  python: ['worker heartbeat queue={few}', 'model cache entries={count}', 'health check ok'],
};
