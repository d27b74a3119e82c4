import { serverFrames } from '../company/exceptions.js';
import type { Failure, MigrationFiles } from './model.js';

/** A version that should not have been deployed. */
export interface BadVersion {
  readonly service: string;
  readonly version: string;
  /** Routes that fail; the other routes of the service only get slower. */
  readonly routes: readonly string[];
  readonly slower: number;
  readonly title: string;
  readonly body: string;
  readonly source: string;
  readonly failure: Failure;
  readonly migration?: MigrationFiles;
}

export const badDeployments: readonly BadVersion[] = [
  {
    service: 'payments-api',
    version: '2.31.0',
    routes: ['POST /payments'],
    slower: 3,
    title: 'charge saved wallets with their network token',
    body: 'Uses the token of the wallet when the customer pays with a saved instrument.',
    source: `
    private String tokenOf(PaymentInstrument instrument) {
        return instrument.wallet().token();
    }
`,
    failure: {
      share: 0.5,
      status: 500,
      line: 'Payment failed payment={payment} amount_minor={amount}',
      exception: {
        language: 'java',
        type: 'java.lang.NullPointerException',
        message:
          'Cannot invoke "com.example.payments.Wallet.token()" because the return value of "com.example.payments.PaymentInstrument.wallet()" is null',
        frames: [
          'com.example.payments.ChargeService.tokenOf(ChargeService.java:94)',
          'com.example.payments.ChargeService.authorise(ChargeService.java:61)',
          'com.example.payments.PaymentController.create(PaymentController.java:47)',
          ...serverFrames.java,
        ],
      },
    },
  },
  {
    service: 'catalogue',
    version: '6.4.0',
    routes: ['GET /products/{id}', 'GET /products'],
    slower: 2.8,
    title: 'show the price of the customer group',
    body: 'Picks the price by group instead of the first one.',
    source: `
func groupPrice(prices []Price, group int) Price {
	return prices[group]
}
`,
    failure: {
      share: 0.35,
      status: 500,
      line: 'request failed sku={sku}',
      exception: {
        language: 'go',
        type: 'runtime.boundsError',
        message: 'runtime error: index out of range [3] with length 3',
        frames: [
          'example.com/catalogue/product.groupPrice(...)',
          '\t/src/product/product.go:88',
          'example.com/catalogue/product.(*Handler).Get(0xc0001a2000, {0x9f2e60, 0xc0004b2000}, 0xc0003b4000)',
          '\t/src/product/product.go:52 +0x3c5',
          ...serverFrames.go,
        ],
      },
    },
  },
  {
    service: 'checkout',
    version: '3.45.0',
    routes: ['POST /checkout'],
    slower: 2.8,
    title: 'add gift cards to the totals',
    body: 'Totals now subtract gift cards before the payment is made.',
    source: `
export function payable(totals) {
  return totals.gross.minor - totals.giftCards.grossMinor;
}
`,
    failure: {
      share: 0.4,
      status: 500,
      line: 'Checkout failed cart={cart}',
      exception: {
        language: 'node',
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'grossMinor')",
        frames: [
          'payable (file:///app/dist/totals.js:58:41)',
          'priceCart (file:///app/dist/checkout.js:112:18)',
          'async startCheckout (file:///app/dist/checkout.js:74:17)',
          ...serverFrames.node,
        ],
      },
    },
  },
  {
    service: 'search',
    version: '3.6.0',
    routes: ['GET /search'],
    slower: 2.9,
    title: 'return facets with every answer',
    body: 'The storefront shows filters from the facets of the answer.',
    source: `
def facets_of(answer):
    return {facet["name"]: facet["count"] for facet in answer["facets"]}
`,
    failure: {
      share: 0.45,
      status: 500,
      line: 'query failed terms={few}',
      exception: {
        language: 'python',
        type: 'KeyError',
        message: "'facets'",
        frames: [
          '"/app/service/search.py", line 67, in facets_of\n    return {facet["name"]: facet["count"] for facet in answer["facets"]}',
          '"/app/service/search.py", line 44, in search\n    facets = facets_of(answer)',
          ...serverFrames.python,
        ],
      },
    },
  },
];

export const badMigrations: readonly BadVersion[] = [
  {
    service: 'orders',
    version: '4.18.0',
    routes: ['GET /orders', 'POST /orders'],
    slower: 1.3,
    title: 'move delivery notes to the shipment and drop the old column',
    body: 'Delivery notes live with the shipment now. The column is no longer read.',
    source: `
    private DeliveryNotes notesOf(OrderRow row) {
        return shipments.notesFor(row.shipmentId());
    }
`,
    migration: {
      name: 'drop_delivery_notes',
      up: 'ALTER TABLE orders ADD COLUMN shipment_id uuid;\nALTER TABLE orders DROP COLUMN delivery_notes;\n',
      down: '',
    },
    failure: {
      share: 0.55,
      status: 500,
      line: 'Order statement failed user={user}',
      exception: {
        language: 'java',
        type: 'org.postgresql.util.PSQLException',
        message: 'ERROR: column o.delivery_notes does not exist\n  Position: 143',
        frames: [
          'org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2734)',
          'com.example.orders.OrderRepository.page(OrderRepository.java:104)',
          'com.example.orders.OrderController.list(OrderController.java:58)',
          ...serverFrames.java,
        ],
      },
    },
  },
  {
    service: 'users',
    version: '7.2.0',
    routes: ['GET /users/{id}', 'POST /sessions'],
    slower: 1.2,
    title: 'replace the display name by first and last name',
    body: 'Names are stored in two columns; the old one is dropped.',
    source: `
func fullName(user Row) string {
	return user.FirstName + " " + user.LastName
}
`,
    migration: {
      name: 'split_display_name',
      up: "ALTER TABLE users ADD COLUMN first_name text NOT NULL DEFAULT '';\nALTER TABLE users ADD COLUMN last_name text NOT NULL DEFAULT '';\nALTER TABLE users DROP COLUMN display_name;\n",
      down: 'ALTER TABLE users ADD COLUMN display_name text;\nALTER TABLE users DROP COLUMN first_name;\nALTER TABLE users DROP COLUMN last_name;\n',
    },
    failure: {
      share: 0.5,
      status: 500,
      line: 'query failed user={user}',
      exception: {
        language: 'go',
        type: '*pgconn.PgError',
        message: 'ERROR: column "display_name" does not exist (SQLSTATE 42703)',
        frames: [
          'example.com/users/account.(*Store).Load(0xc0001a2000, {0x9f3a88, 0xc0000a6e70}, 0x8f1)',
          '\t/src/account/account.go:71 +0x1f4',
          ...serverFrames.go,
        ],
      },
    },
  },
  {
    service: 'payments-api',
    version: '2.31.0',
    routes: ['POST /payments'],
    slower: 1.2,
    title: 'keep attempts in one table and drop the archive column',
    body: 'Attempts are no longer copied; the column with the raw answer of the provider goes away.',
    source: `
    private Attempt attemptOf(PaymentRow row) {
        return Attempt.from(row);
    }
`,
    migration: {
      name: 'drop_provider_answer',
      up: 'ALTER TABLE payment_attempts DROP COLUMN provider_answer;\nDROP TABLE payment_attempt_archive;\n',
      down: '',
    },
    failure: {
      share: 0.5,
      status: 500,
      line: 'Storing the attempt failed payment={payment}',
      exception: {
        language: 'java',
        type: 'org.postgresql.util.PSQLException',
        message:
          'ERROR: column "provider_answer" of relation "payment_attempts" does not exist\n  Position: 61',
        frames: [
          'org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2734)',
          'com.example.payments.AttemptRepository.insert(AttemptRepository.java:39)',
          'com.example.payments.ChargeService.authorise(ChargeService.java:55)',
          ...serverFrames.java,
        ],
      },
    },
  },
];
