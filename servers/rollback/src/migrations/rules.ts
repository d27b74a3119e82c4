import type { Verdict } from './verdict.js';

/**
 * The rules by which a statement is judged, as data. The question is always the same: does the
 * older version run on a database in which this statement has been carried out, and if not, can
 * the statement be undone without losing data? What cannot be told from the statement is `unknown`.
 */
export const rules = {
  'creates-object': ['safe', 'Adds something that the older version does not use.'],
  'adds-column': [
    'safe',
    'The older version does not name the column, and it may stay empty or has a default.',
  ],
  'adds-required-column': [
    'needs_down_migration',
    'The older version inserts rows without this column, which has no default.',
  ],
  'drops-column': ['irreversible', 'The data of the column are gone and the older version still reads it.'],
  'drops-table': ['irreversible', 'The data of the table are gone and the older version still uses it.'],
  'drops-schema': ['irreversible', 'Everything in the schema is gone.'],
  'drops-created-here': ['safe', 'What is dropped was made after the older version.'],
  'drops-definition': [
    'needs_down_migration',
    'The older version may use it; it can be made again from its definition.',
  ],
  'drops-index': ['safe', 'Results stay the same; queries may be slower.'],
  'drops-constraint': ['unknown', 'Rows that break the dropped constraint may exist by now.'],
  renames: ['needs_down_migration', 'The older version uses the old name; renaming back loses nothing.'],
  'renames-index': ['safe', 'Queries do not name indexes.'],
  'changes-type': [
    'unknown',
    'The former type is not in the statement, so whether values survive both ways cannot be told.',
  ],
  'sets-not-null': ['needs_down_migration', 'The older version may write empty values that are now refused.'],
  'drops-not-null': ['unknown', 'Empty values that the older version does not expect may exist by now.'],
  'sets-default': ['safe', 'Values given by the older version still win over a default.'],
  'drops-default': ['needs_down_migration', 'The older version may rely on the default.'],
  'adds-constraint': [
    'needs_down_migration',
    'The older version may write rows that the constraint refuses.',
  ],
  'validates-constraint': ['safe', 'Checks existing rows and changes none.'],
  'adds-unique-index': [
    'needs_down_migration',
    'The older version may write duplicates that are now refused.',
  ],
  'adds-enum-value': [
    'unknown',
    'The older version may meet a value that it does not know, and the value cannot be taken away.',
  ],
  'renames-enum-value': [
    'needs_down_migration',
    'The older version uses the old value; renaming back loses nothing.',
  ],
  'fills-new-column': ['safe', 'Writes only columns that were made after the older version.'],
  'changes-new-table': ['safe', 'Touches only a table that was made after the older version.'],
  'overwrites-data': ['irreversible', 'The former values are overwritten.'],
  'deletes-data': ['irreversible', 'The rows are gone.'],
  'inserts-rows': ['safe', 'Adds rows and takes nothing away.'],
  'upserts-rows': ['irreversible', 'Existing rows may be overwritten.'],
  'replaces-definition': ['unknown', 'What the former definition did cannot be told from this statement.'],
  grants: ['safe', 'Gives rights and takes none.'],
  revokes: ['needs_down_migration', 'The older version may need the right; it can be granted again.'],
  'session-statement': ['safe', 'Changes no stored object.'],
  'runs-code': ['unknown', 'Runs code whose effects the statement does not show.'],
  'not-covered': ['unknown', 'No rule covers this kind of statement.'],
  'does-not-parse': ['unknown', "PostgreSQL's own parser cannot read the file."],
  'dialect-not-supported': [
    'unknown',
    'Only PostgreSQL is judged; no parser for this dialect is part of the suite.',
  ],
  'tool-not-known': [
    'unknown',
    'The migration tool could not be told from the file, so what it runs cannot be told either.',
  ],
} as const satisfies Record<string, readonly [Verdict, string]>;

export type Rule = keyof typeof rules;
