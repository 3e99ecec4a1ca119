/** Allocation, stacks, maps, copying: runtime/malloc.go, mheap.go, slice.go, string.go, iface.go, stack.go, map*.go, internal/runtime/maps. */
import { rows } from './row.ts';

export const MEMORY = [
  ...rows(
    'allocation',
    'runtime',
    `mallocgc* newobject newarray makeslice makeslice64 makeslicecopy growslice* nextFreeFast (*mcache).* (*mcentral).*
     (*mheap).alloc* (*mheap).grow (*mheap).sysAlloc (*mheap).freeSpan* (*mheap).initSpan:1.22- (*mheap).tryAllocMSpan:1.14- (*fixalloc).* (*pageAlloc).* (*pageCache).*:1.14- persistentalloc* (*linearAlloc).* sysAlloc sysMap sysUsed sysReserve
     sysFault sysFree memclrNoHeapPointersChunked:1.17- heapBitsSetType:-1.22 heapSetType*:1.22- (*mspan).writeHeapBitsSmall:1.22- (*mspan).initHeapBits:1.20- (*mspan).nextFreeIndex (*mspan).refillAllocCache
     largeAlloc:-1.16 publicationBarrier rawstring rawstringtmp rawbyteslice rawruneslice rawmem:-1.11 concatstring* concatbyte*:1.24- slicebytetostring stringtoslicebyte stringtoslicerune
     slicerunetostring intstring gobytes gostring gostringn convT* makechan makechan64 freegc:1.26- newAllocBits newMarkBits gcmarknewobject gcMarkTinyAllocs`,
  ),
  ...rows('allocation', 'reflect', 'unsafe_New unsafe_NewArray growslice:1.20-'),
  ...rows('allocation', 'internal/reflectlite', 'unsafe_New'),
  ...rows('allocation', 'internal/bytealg', 'MakeNoZero:1.21-'),
  ...rows('allocation', 'internal/runtime/maps', 'newobject:1.24- newarray:1.24-'),
  ...rows(
    'stack-growth',
    'runtime',
    'morestack* newstack copystack adjustframe adjustpointers adjustsudogs adjustdefers adjustpanics adjustctxt shrinkstack stackalloc stackfree stackcacherefill stackcacherelease stackpoolalloc stackpoolfree',
  ),
  ...rows(
    'map',
    'runtime',
    `mapaccess* mapassign* mapdelete* mapiterinit mapiternext mapIterStart:1.24- mapIterNext:1.24- mapclear mapclone:1.21- hashGrow:-1.25 growWork*:-1.25 evacuate*:-1.25 (*hmap).*:-1.25 (*bmap).*:-1.25
     makemap makemap64 makemap_small makeBucketArray:-1.25 tooManyOverflowBuckets:-1.25 overLoadFactor:-1.25 aeshash*:-1.13 memhash* strhash* interhash nilinterhash typehash:1.14- f32hash f64hash`,
  ),
  ...rows('map', 'internal/runtime/maps', '*:1.24-'),
  ...rows('map', 'internal/sync', '(*HashTrieMap).*:1.24-'),
  ...rows('map', 'sync', '(*Map).*'),
  ...rows('map', 'maps', '*:1.21-'),
  ...rows('map', '', 'aeshashbody:-1.26'),
  ...rows('copy', 'runtime', `memmove memclrNoHeapPointers memclrHasPointers duffcopy duffzero typedmemmove typedmemclr typedslicecopy slicecopy:1.15- moveSlice*:1.26-`),
  ...rows('copy', 'reflect', 'typedmemmove typedmemclr typedslicecopy'),
];
