/** The collector: runtime/mgc*.go, mwbbuf.go, mcentral.go. */
import { rows } from './row.ts';

export const GC = [
  ...rows('gc-idle', 'runtime', 'gcDrainMarkWorkerIdle:1.22-'),
  ...rows('gc-assist', 'runtime', 'gcAssistAlloc gcAssistAlloc1 gcParkAssist gcWakeAllAssists'),
  ...rows('gc-background', 'runtime', 'gcDrainMarkWorkerDedicated:1.22- gcDrainMarkWorkerFractional:1.22-'),
  ...rows(
    'gc-sweep',
    'runtime',
    `bgsweep sweepone deductSweepCredit (*sweepLocked).sweep:1.17- (*mspan).sweep:-1.16 (*mspan).ensureSwept finishsweep_m
     (*mheap).reclaim (*mheap).reclaimChunk (*mheap).reclaimList:-1.11 freeSpecial:1.16- gcPaceSweeper:1.19- (*mheap).nextSpanForSweep:1.15-`,
  ),
  ...rows(
    'gc-scavenge',
    'runtime',
    `bgscavenge (*scavengerState).*:1.19- (*pageAlloc).scavenge* sysUnused sysUnusedOS:1.19- sysHugePage sysNoHugePage:1.21-
     (*mheap).scavenge* (*scavengeIndex).*:1.19- (*pallocData).findScavengeCandidate:1.14-`,
  ),
  ...rows('gc-scavenge', 'runtime/debug', 'freeOSMemory FreeOSMemory'),
  ...rows(
    'gc-cycle',
    'runtime',
    `GC gcStart gcMarkDone gcMarkTermination gcMark gcSweep gcResetMarkState gcBgMarkStartWorkers gcBgMarkPrepare gcPrepareMarkRoots:1.26- gcMarkRootPrepare:-1.25
     gcMarkRootCheck clearpools forcegchelper gcWaitOnMark stopTheWorld stopTheWorldGC stopTheWorldWithSema startTheWorld startTheWorldGC startTheWorldWithSema
     (*gcControllerState).startCycle (*gcControllerState).endCycle gcControllerCommit:1.19- goroutineLeakGC:1.26- findGoroutineLeaks:1.26- _GC`,
  ),
  ...rows('gc-worker', 'runtime', 'gcBgMarkWorker'),
  ...rows(
    'gc-scan',
    'runtime',
    `gcDrain gcDrainN scanobject:-1.25 scanObject:1.26- scanObjectSmall:1.25- scanObjectsSmall:1.25- scanSpan:1.25- tryDeferToSpanScan:1.25- spanSetScans:1.25-
     scanblock scanConservative:1.14- greyobject markroot markrootBlock markrootSpans markrootFreeGStacks scanstack scanframeworker shade
     gcFlushBgCredit (*gcWork).* (*spanQueue).*:1.25- (*spanSPMC).*:1.26- (*spanInlineMarkBits).*:1.25- (*lfstack).* suspendG:1.14- resumeG:1.14- getempty putempty trygetfull
     putfull handoff gcScanFinalizer:1.26- gcScanCleanup:1.26-`,
  ),
  ...rows('gc-scan', 'internal/runtime/gc/scan', '*:1.26-'),
  ...rows(
    'write-barrier',
    'runtime',
    `gcWriteBarrier* wbBufFlush wbBufFlush1 (*wbBuf).* bulkBarrierPreWrite bulkBarrierPreWriteSrcOnly bulkBarrierBitmap typeBitsBulkBarrier wbZero:1.21- wbMove:1.21-
     atomicwb writebarrierptr:-1.11 cgoCheckWriteBarrier:-1.20`,
  ),
  // a static function of assembly has no package in its name
  ...rows('write-barrier', '', 'gcWriteBarrier:1.21-'),
];
