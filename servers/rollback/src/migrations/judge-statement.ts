import type { Rule } from './rules.js';
import {
  contains,
  isNode,
  nodes,
  objectNames,
  relationName,
  type TreeNode,
  text,
  unwrap,
} from './syntax-tree.js';

/** What the migrations judged so far have made: the older version knows none of it. */
export interface MadeSince {
  readonly tables: Set<string>;
  /** `table.column` */
  readonly columns: Set<string>;
}

/** Judges one statement; one statement may touch several things, so several rules may apply. Records what it makes. */
export function judgeStatement(statement: unknown, made: MadeSince): readonly Rule[] {
  const [type, body] = unwrap(statement);
  const judge = byType[type];
  if (judge) return judge(body, made);
  if (creating.has(type)) return ['creates-object'];
  if (sessionOnly.has(type)) return ['session-statement'];
  return [runsCode.has(type) ? 'runs-code' : 'not-covered'];
}

const creating = new Set([
  'CreateSeqStmt',
  'CreateEnumStmt',
  'CreateSchemaStmt',
  'CreateExtensionStmt',
  'CreateDomainStmt',
  'CompositeTypeStmt',
  'CreateRangeStmt',
  'CreateStatsStmt',
  'CommentStmt',
]);
const sessionOnly = new Set([
  'TransactionStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'LockStmt',
  'VacuumStmt',
  'ReindexStmt',
  'ClusterStmt',
  'CheckPointStmt',
  'DiscardStmt',
]);
const runsCode = new Set(['DoStmt', 'CallStmt', 'ExecuteStmt', 'CopyStmt', 'PrepareStmt']);

type Judge = (body: TreeNode, made: MadeSince) => readonly Rule[];

const byType: Readonly<Record<string, Judge>> = {
  CreateStmt(body, made) {
    // With IF NOT EXISTS the table may be an old one, so nothing later may lean on its being new.
    if (body.if_not_exists !== true) made.tables.add(relationName(body.relation));
    return ['creates-object'];
  },
  CreateTableAsStmt: () => ['creates-object'],
  IndexStmt: (body, made) => [
    body.unique === true && !made.tables.has(relationName(body.relation))
      ? 'adds-unique-index'
      : 'creates-object',
  ],
  ViewStmt: (body) => [body.replace === true ? 'replaces-definition' : 'creates-object'],
  CreateFunctionStmt: (body) => [body.replace === true ? 'replaces-definition' : 'creates-object'],
  CreateTrigStmt: () => ['runs-code'],
  RuleStmt: () => ['runs-code'],
  AlterEnumStmt: (body) => [text(body.oldVal) === '' ? 'adds-enum-value' : 'renames-enum-value'],
  GrantStmt: (body) => [body.is_grant === true ? 'grants' : 'revokes'],
  GrantRoleStmt: (body) => [body.is_grant === true ? 'grants' : 'revokes'],
  RenameStmt: judgeRename,
  AlterObjectSchemaStmt: () => ['renames'],
  DropStmt: judgeDrop,
  TruncateStmt: (body, made) =>
    touching(
      nodes(body.relations).map((relation) => relationName(unwrap(relation)[1])),
      made,
      'deletes-data',
    ),
  DeleteStmt: (body, made) => withCode(body, touching([relationName(body.relation)], made, 'deletes-data')),
  InsertStmt: (body, made) =>
    withCode(
      body,
      isUpsert(body) ? touching([relationName(body.relation)], made, 'upserts-rows') : ['inserts-rows'],
    ),
  UpdateStmt: judgeUpdate,
  // A bare SELECT changes nothing unless it calls something that does.
  SelectStmt: (body) => [
    contains(body, ['FuncCall', 'IntoClause', 'intoClause', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'])
      ? 'runs-code'
      : 'session-statement',
  ],
  AlterTableStmt: judgeAlterTable,
};

function judgeRename(body: TreeNode, made: MadeSince): readonly Rule[] {
  const kind = text(body.renameType);
  const table = relationName(body.relation);
  if (kind === 'OBJECT_INDEX') return ['renames-index'];
  if (kind === 'OBJECT_TABLE' && made.tables.delete(table)) {
    made.tables.add(text(body.newname));
    return ['changes-new-table'];
  }
  if (
    kind === 'OBJECT_COLUMN' &&
    (made.tables.has(table) || made.columns.delete(`${table}.${text(body.subname)}`))
  ) {
    made.columns.add(`${table}.${text(body.newname)}`);
    return ['changes-new-table'];
  }
  return ['renames'];
}

function judgeDrop(body: TreeNode, made: MadeSince): readonly Rule[] {
  const kind = text(body.removeType);
  // CASCADE takes things along that the statement does not name.
  const cascades = text(body.behavior) === 'DROP_CASCADE';
  if (kind === 'OBJECT_TABLE') {
    return objectNames(body.objects).map((name) =>
      !cascades && made.tables.delete(name) ? 'drops-created-here' : 'drops-table',
    );
  }
  if (kind === 'OBJECT_SCHEMA') return ['drops-schema'];
  if (kind === 'OBJECT_MATVIEW' || kind === 'OBJECT_SEQUENCE') return ['drops-definition'];
  if (kind === 'OBJECT_INDEX') return ['drops-index'];
  return [
    'OBJECT_VIEW',
    'OBJECT_FUNCTION',
    'OBJECT_TRIGGER',
    'OBJECT_TYPE',
    'OBJECT_DOMAIN',
    'OBJECT_PROCEDURE',
  ].includes(kind)
    ? ['drops-definition']
    : ['not-covered'];
}

function judgeUpdate(body: TreeNode, made: MadeSince): readonly Rule[] {
  const table = relationName(body.relation);
  if (made.tables.has(table)) return withCode(body, ['changes-new-table']);
  const columns = nodes(body.targetList).map((target) => text(unwrap(target)[1].name));
  const onlyNew = columns.length > 0 && columns.every((column) => made.columns.has(`${table}.${column}`));
  return withCode(body, [onlyNew ? 'fills-new-column' : 'overwrites-data']);
}

function judgeAlterTable(body: TreeNode, made: MadeSince): readonly Rule[] {
  const table = relationName(body.relation);
  return nodes(body.cmds).map((command) => judgeAlteration(table, unwrap(command)[1], made));
}

function judgeAlteration(table: string, command: TreeNode, made: MadeSince): Rule {
  const subtype = text(command.subtype);
  const column = `${table}.${text(command.name)}`;
  if (subtype === 'AT_AddColumn') return judgeNewColumn(table, command, made);
  if (made.tables.has(table)) return 'changes-new-table';
  if (subtype === 'AT_DropColumn') {
    return text(command.behavior) !== 'DROP_CASCADE' && made.columns.delete(column)
      ? 'drops-created-here'
      : 'drops-column';
  }
  if (subtype === 'AT_ColumnDefault')
    return isNode(command.def)
      ? 'sets-default'
      : made.columns.has(column)
        ? 'changes-new-table'
        : 'drops-default';
  // A new column that becomes required without a default stops the older version's inserts.
  return alterations[subtype] ?? 'not-covered';
}

const alterations: Readonly<Record<string, Rule>> = {
  AT_AlterColumnType: 'changes-type',
  AT_SetNotNull: 'sets-not-null',
  AT_DropNotNull: 'drops-not-null',
  AT_AddConstraint: 'adds-constraint',
  AT_ValidateConstraint: 'validates-constraint',
  AT_DropConstraint: 'drops-constraint',
  AT_SetStatistics: 'session-statement',
  AT_SetOptions: 'session-statement',
  AT_SetRelOptions: 'session-statement',
  AT_ClusterOn: 'session-statement',
};

function judgeNewColumn(table: string, command: TreeNode, made: MadeSince): Rule {
  const [, column] = unwrap(command.def);
  if (command.missing_ok !== true) made.columns.add(`${table}.${text(column.colname)}`);
  const kinds = nodes(column.constraints).map((constraint) => text(unwrap(constraint)[1].contype));
  const required = kinds.includes('CONSTR_NOTNULL') || kinds.includes('CONSTR_PRIMARY');
  const filled =
    kinds.some(
      (kind) => kind === 'CONSTR_DEFAULT' || kind === 'CONSTR_IDENTITY' || kind === 'CONSTR_GENERATED',
    ) || isSerial(column);
  return required && !filled && !made.tables.has(table) ? 'adds-required-column' : 'adds-column';
}

function isSerial(column: TreeNode): boolean {
  const names = isNode(column.typeName) ? nodes(column.typeName.names) : [];
  return names.some((name) => /^(small|big)?serial[248]?$/.test(text(unwrap(name)[1].sval)));
}

function isUpsert(body: TreeNode): boolean {
  return isNode(body.onConflictClause) && text(body.onConflictClause.action) === 'ONCONFLICT_UPDATE';
}

function touching(tables: readonly string[], made: MadeSince, rule: Rule): readonly Rule[] {
  return tables.map((table) => (made.tables.has(table) ? 'changes-new-table' : rule));
}

/** A data-modifying WITH hides further changes in one statement. */
function withCode(body: TreeNode, found: readonly Rule[]): readonly Rule[] {
  return contains(body.withClause, ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'])
    ? [...found, 'runs-code']
    : found;
}
