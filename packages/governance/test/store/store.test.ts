import { openMemoryStore, openSqliteStore } from '../../src/store/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { describeStore } from './store-contract.js';

describeStore('SQLite store', (clock) => openSqliteStore({ directory: temporaryFolder(), clock }));
describeStore('store in memory', (clock) => openMemoryStore({ clock }));
