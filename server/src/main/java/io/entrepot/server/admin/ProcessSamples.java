package io.entrepot.server.admin;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** The process itself: processor, file descriptors, heap, direct memory, threads, collections. */
final class ProcessSamples {

    private ProcessSamples() {}

    static void addTo(Samples samples) {
        operatingSystem(samples);
        memory(samples);
        samples.gauge(
                "process_start_time_seconds",
                "When the process started, in seconds since the epoch.",
                () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
        samples.gauge(
                "jvm_threads_current",
                "Threads that live.",
                () -> ManagementFactory.getThreadMXBean().getThreadCount());
        samples.counter(
                "jvm_gc_collection_seconds_total",
                "Time spent in garbage collections.",
                () -> ManagementFactory.getGarbageCollectorMXBeans().stream()
                                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                                .sum()
                        / 1e3);
    }

    private static void operatingSystem(Samples samples) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            samples.counter("process_cpu_seconds_total", "Processor time used.", () -> unix.getProcessCpuTime() / 1e9);
            samples.gauge("process_open_fds", "Open file descriptors.", unix::getOpenFileDescriptorCount);
            samples.gauge("process_max_fds", "Most file descriptors.", unix::getMaxFileDescriptorCount);
        }
    }

    private static void memory(Samples samples) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        samples.gauge(
                "jvm_memory_heap_used_bytes",
                "Heap in use.",
                () -> memory.getHeapMemoryUsage().getUsed());
        samples.gauge(
                "jvm_memory_heap_max_bytes",
                "Most heap.",
                () -> memory.getHeapMemoryUsage().getMax());
        samples.gauge(
                "entrepot_direct_memory_bytes",
                "Direct memory that Netty holds.",
                () -> Math.max(0, PlatformDependent.usedDirectMemory()));
        samples.gauge(
                "entrepot_direct_memory_limit_bytes",
                "Most direct memory that Netty may hold.",
                PlatformDependent::maxDirectMemory);
        samples.gauge(
                "entrepot_pooled_direct_memory_bytes",
                "Direct memory in Netty's pool of buffers.",
                () -> PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
    }
}
