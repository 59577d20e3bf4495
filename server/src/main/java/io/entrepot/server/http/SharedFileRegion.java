package io.entrepot.server.http;

import io.netty.channel.DefaultFileRegion;
import java.nio.channels.FileChannel;

/** A region of a file that stays open after it was sent, because others read it too. */
final class SharedFileRegion extends DefaultFileRegion {

    SharedFileRegion(FileChannel file, long position, long length) {
        super(file, position, length);
    }

    @Override
    protected void deallocate() {
        // the lease closes the file, not the last region of it
    }
}
