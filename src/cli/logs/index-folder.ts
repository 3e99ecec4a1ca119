/** Where indexes of logs lie: by itself, because who only asks whether there is one needs nothing else. */
import type { IndexStore } from '../../model/index-store.ts';
import { cacheFolder, folderStore } from '../../platform/index-store.ts';

export const indexStore = (): IndexStore => folderStore(`${cacheFolder()}/log-index`);
