/**
 * Reading PostgreSQL's parse tree. The tree comes from the parser as plain JSON whose nodes are
 * objects with one key, the node type; only what the rules ask for is read, leniently.
 */
export type TreeNode = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The type of a node and its body: `{ DropStmt: {...} }` gives `['DropStmt', {...}]`. */
export function unwrap(node: unknown): readonly [type: string, body: TreeNode] {
  if (!isNode(node)) return ['', {}];
  const [type, body] = Object.entries(node)[0] ?? ['', {}];
  return [type, isNode(body) ? body : {}];
}

export function nodes(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `schema.table` or `table`, lower case as the server folds it already. */
export function relationName(relation: unknown): string {
  if (!isNode(relation)) return '';
  const schema = text(relation.schemaname);
  return schema === '' || schema === 'public'
    ? text(relation.relname)
    : `${schema}.${text(relation.relname)}`;
}

/** Names in a DROP list, which the parser gives as lists of strings. */
export function objectNames(objects: unknown): readonly string[] {
  return nodes(objects).map((object) => {
    const [type, body] = unwrap(object);
    const items = type === 'List' ? nodes(body.items) : type === 'TypeName' ? nodes(body.names) : [object];
    const parts = items.map((item) => text(unwrap(item)[1].sval)).filter((part) => part !== 'public');
    return parts.join('.');
  });
}

/** Whether a node of one of these types stands anywhere below. */
export function contains(node: unknown, types: readonly string[]): boolean {
  if (Array.isArray(node)) return node.some((child) => contains(child, types));
  if (!isNode(node)) return false;
  return Object.entries(node).some(([key, child]) => types.includes(key) || contains(child, types));
}
