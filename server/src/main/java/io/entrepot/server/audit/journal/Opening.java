package io.entrepot.server.audit.journal;

import java.io.IOException;

/** What a journal has in hand when it begins; all of it, or none. */
record Opening(JournalLock lock, Watermark watermark, Spares spares, Recovery.Recovered recovered) {

    static Opening of(JournalFs fs, Layout layout, JournalOptions options, JournalListener listener)
            throws IOException {
        JournalLock lock = JournalLock.take(fs, layout);
        try {
            return recover(fs, layout, options, listener, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Opening recover(
            JournalFs fs, Layout layout, JournalOptions options, JournalListener listener, JournalLock lock)
            throws IOException {
        Watermark watermark = Watermark.open(fs, layout.durable());
        try {
            Recovery.Recovered recovered = new Recovery(fs, layout).run(watermark.last(), options.first());
            fs.forceDirectory(layout.directory());
            Spares spares = new Spares(fs, layout, options, listener);
            spares.start();
            watermark.write(recovered.next());
            return new Opening(lock, watermark, spares, recovered);
        } catch (IOException | RuntimeException e) {
            watermark.close();
            throw e;
        }
    }
}
