export * from './model.js';
export * from './store/store.js';
