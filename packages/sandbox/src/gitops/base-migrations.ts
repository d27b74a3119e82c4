/** Migrations that were there before the history begins, and one harmless one that happens within it. */
export interface BaseMigrations {
  readonly before: readonly { readonly name: string; readonly up: string; readonly down: string }[];
  readonly during: { readonly name: string; readonly up: string; readonly down: string };
}

export const baseMigrations: Readonly<Record<string, BaseMigrations>> = {
  'payments-api': {
    before: [
      {
        name: 'create_payment_attempts',
        up: `CREATE TABLE payment_attempts (
  id uuid PRIMARY KEY,
  order_ref text NOT NULL,
  amount_minor bigint NOT NULL,
  currency char(3) NOT NULL,
  method text NOT NULL,
  state text NOT NULL,
  provider_answer jsonb,
  created_at timestamptz NOT NULL DEFAULT now()
);
`,
        down: '',
      },
      {
        name: 'create_payment_attempt_archive',
        up: 'CREATE TABLE payment_attempt_archive (LIKE payment_attempts INCLUDING ALL);\n',
        down: '',
      },
      {
        name: 'index_attempts_by_order',
        up: 'CREATE INDEX payment_attempts_order_ref ON payment_attempts (order_ref);\n',
        down: '',
      },
    ],
    during: {
      name: 'add_exemption_reason',
      up: 'ALTER TABLE payment_attempts ADD COLUMN exemption_reason text;\n',
      down: '',
    },
  },
  orders: {
    before: [
      {
        name: 'create_orders',
        up: `CREATE TABLE orders (
  id uuid PRIMARY KEY,
  user_id bigint NOT NULL,
  state text NOT NULL,
  total_minor bigint NOT NULL,
  delivery_notes text,
  placed_at timestamptz NOT NULL DEFAULT now()
);
`,
        down: '',
      },
      {
        name: 'create_order_lines',
        up: `CREATE TABLE order_lines (
  order_id uuid NOT NULL REFERENCES orders (id),
  position int NOT NULL,
  sku text NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (order_id, position)
);
`,
        down: '',
      },
      {
        name: 'index_orders_by_user',
        up: 'CREATE INDEX orders_user_id ON orders (user_id, placed_at DESC);\n',
        down: '',
      },
      {
        name: 'create_outbox',
        up: 'CREATE TABLE outbox (id bigserial PRIMARY KEY, topic text NOT NULL, body jsonb NOT NULL);\n',
        down: '',
      },
    ],
    during: { name: 'add_gift_message', up: 'ALTER TABLE orders ADD COLUMN gift_message text;\n', down: '' },
  },
  inventory: {
    before: [
      {
        name: 'create_stock',
        up: 'CREATE TABLE stock (sku text PRIMARY KEY, on_hand int NOT NULL, reserved int NOT NULL DEFAULT 0);\n',
        down: 'DROP TABLE stock;\n',
      },
      {
        name: 'create_reservations',
        up: 'CREATE TABLE reservations (id uuid PRIMARY KEY, sku text NOT NULL, quantity int NOT NULL, expires_at timestamptz NOT NULL);\n',
        down: 'DROP TABLE reservations;\n',
      },
    ],
    during: {
      name: 'index_reservations_by_expiry',
      up: 'CREATE INDEX reservations_expires_at ON reservations (expires_at);\n',
      down: 'DROP INDEX reservations_expires_at;\n',
    },
  },
  catalogue: {
    before: [
      {
        name: 'create_products',
        up: 'CREATE TABLE products (sku text PRIMARY KEY, title text NOT NULL, description text NOT NULL);\n',
        down: 'DROP TABLE products;\n',
      },
      {
        name: 'create_prices',
        up: 'CREATE TABLE prices (sku text NOT NULL REFERENCES products (sku), customer_group int NOT NULL, minor bigint NOT NULL, PRIMARY KEY (sku, customer_group));\n',
        down: 'DROP TABLE prices;\n',
      },
    ],
    during: {
      name: 'add_picture_alt',
      up: 'ALTER TABLE products ADD COLUMN picture_alt text;\n',
      down: 'ALTER TABLE products DROP COLUMN picture_alt;\n',
    },
  },
  users: {
    before: [
      {
        name: 'create_users',
        up: 'CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, display_name text NOT NULL, password_hash text NOT NULL);\n',
        down: 'DROP TABLE users;\n',
      },
      {
        name: 'create_addresses',
        up: 'CREATE TABLE addresses (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), line text NOT NULL, city text NOT NULL, country char(2) NOT NULL);\n',
        down: 'DROP TABLE addresses;\n',
      },
      {
        name: 'add_locale',
        up: "ALTER TABLE users ADD COLUMN locale text NOT NULL DEFAULT 'en';\n",
        down: 'ALTER TABLE users DROP COLUMN locale;\n',
      },
    ],
    during: {
      name: 'index_addresses_by_user',
      up: 'CREATE INDEX addresses_user_id ON addresses (user_id);\n',
      down: 'DROP INDEX addresses_user_id;\n',
    },
  },
  shipping: {
    before: [
      {
        name: 'init',
        up: 'CREATE TABLE "Shipment" (\n    "id" TEXT NOT NULL,\n    "orderId" TEXT NOT NULL,\n    "carrier" TEXT NOT NULL,\n    "labelUrl" TEXT,\n    CONSTRAINT "Shipment_pkey" PRIMARY KEY ("id")\n);\n',
        down: '',
      },
      {
        name: 'order_index',
        up: 'CREATE INDEX "Shipment_orderId_idx" ON "Shipment"("orderId");\n',
        down: '',
      },
    ],
    during: {
      name: 'pickup_point',
      up: 'ALTER TABLE "Shipment" ADD COLUMN "pickupPointId" TEXT;\n',
      down: '',
    },
  },
};
