/** Our `_meta` keys; the prefix is the one under which the servers are published. */
export const metaKeys = {
  riskTier: 'io.github.devops-mcp/risk-tier',
  error: 'io.github.devops-mcp/error',
} as const;
