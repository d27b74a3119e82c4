import { at, type FixtureCommit } from './git-fixture.js';

/** A small company's GitOps repository: one service with a history that has one of everything. */
export function deployment(version: string, more: { replicas?: number; cpu?: string } = {}): string {
  return `# payments-api, owned by team-payments
apiVersion: apps/v1
kind: Deployment
metadata:
  name: payments-api
  labels: { app: payments-api }
spec:
  replicas: ${more.replicas ?? 3} # agreed with capacity planning
  selector:
    matchLabels: { app: payments-api }
  template:
    metadata:
      labels: { app: payments-api }
    spec:
      containers:
        - name: payments-api
          image: registry.example.com/shop/payments-api:${version}
          resources:
            limits: { cpu: ${more.cpu ?? '500m'}, memory: 256Mi }
          env:
            - name: LOG_LEVEL
              value: info
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef: { name: payments-db, key: password }
          envFrom:
            - configMapRef: { name: payments-api }
`;
}

export function config(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `  ${key}: "${value}"\n`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: payments-api\ndata:\n${lines.join('')}`;
}

export function flags(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `  ${key}: "${value}"\n`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: payments-api-flags\n  labels:\n    devops-mcp/kind: flags\ndata:\n${lines.join('')}`;
}

const folder = 'services/payments-api';
const other = 'services/orders-api/deployment.yaml';
const baseConfig = { TIMEOUT_SECONDS: '30', API_TOKEN: 'first-token-value' };

export const shopHistory: readonly FixtureCommit[] = [
  {
    message: 'Start',
    at: at(0),
    files: {
      [`${folder}/deployment.yaml`]: deployment('1.0.0'),
      [`${folder}/config.yaml`]: config(baseConfig),
      [`${folder}/flags.yaml`]: flags({ new_checkout: 'false' }),
      [`${folder}/src/main.ts`]: 'start();\n',
      [`${folder}/migrations/V1__init.sql`]: 'CREATE TABLE payments (id BIGSERIAL PRIMARY KEY);\n',
      [other]: deployment('7.0.0').replaceAll('payments-api', 'orders-api'),
      'README.md': '# shop\n',
    },
  },
  {
    mark: 'code',
    message: 'Round amounts (#11)',
    author: 'dev-one@example.com',
    at: at(10),
    files: { [`${folder}/src/main.ts`]: 'round(); start();\n' },
  },
  {
    mark: 'v1.1.0',
    message: 'Deploy payments-api 1.1.0 (#12)\n\nDeployed-by: pipeline',
    author: 'dev-two@example.com',
    at: at(20),
    files: {
      [`${folder}/deployment.yaml`]: deployment('1.1.0', { cpu: '750m' }),
      [`${folder}/migrations/V2__amount.sql`]: 'ALTER TABLE payments ADD COLUMN amount BIGINT;\n',
      [`${folder}/migrations/U2__amount.sql`]: 'ALTER TABLE payments DROP COLUMN amount;\n',
    },
  },
  { message: 'Deploy orders-api 7.1.0 (#13)', at: at(30), files: { [other]: deployment('7.1.0') } },
  {
    mark: 'config',
    message: 'Shorter timeout, new token',
    at: at(40),
    files: {
      [`${folder}/config.yaml`]: config({ TIMEOUT_SECONDS: '5', API_TOKEN: 'second-token-value' }),
    },
  },
  {
    mark: 'flag',
    message: 'Turn on the new checkout',
    at: at(50),
    files: { [`${folder}/flags.yaml`]: flags({ new_checkout: 'true' }) },
  },
  {
    mark: 'scale',
    message: 'Scale up',
    at: at(60),
    files: { [`${folder}/deployment.yaml`]: deployment('1.1.0', { cpu: '750m', replicas: 5 }) },
  },
  {
    mark: 'feature-1',
    branch: 'feature',
    parents: ['scale'],
    message: 'Refunds: code (#14)',
    author: 'dev-three@example.com',
    at: at(65),
    files: { [`${folder}/src/refund.ts`]: 'refund();\n' },
  },
  {
    mark: 'feature-2',
    branch: 'feature',
    message: 'Refunds: deploy 1.2.0',
    author: 'dev-two@example.com',
    at: at(66),
    files: {
      [`${folder}/deployment.yaml`]: deployment('1.2.0', { cpu: '750m', replicas: 5 }),
      [`${folder}/worker.yaml`]: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: payments-worker\n',
    },
  },
  {
    mark: 'merge',
    branch: 'main',
    parents: ['scale', 'feature-2'],
    message: 'Merge pull request #15 from shop/refunds',
    at: at(70),
    files: {
      [`${folder}/src/refund.ts`]: 'refund();\n',
      [`${folder}/deployment.yaml`]: deployment('1.2.0', { cpu: '750m', replicas: 5 }),
      [`${folder}/worker.yaml`]: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: payments-worker\n',
    },
  },
];
