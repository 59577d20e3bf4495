package io.entrepot.server.pull;

import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Body;
import java.util.List;

/** What an allowed pull gets. There is none before the record of the decision is durable. */
public final class Answer {

    private final Repository repository;
    private final Descriptor descriptor;
    private final Body body;
    private final Origin origin;
    private final List<Notice> notices;
    private final Ending ending;

    /** Told how it went out. */
    @FunctionalInterface
    interface Ending {
        /** Nobody needs to be told. */
        Ending NONE = (range, bytes, complete) -> {};

        void ended(String range, long bytes, boolean complete);
    }

    Answer(
            Repository repository,
            Descriptor descriptor,
            Body body,
            Origin origin,
            List<Notice> notices,
            Ending ending) {
        this.repository = repository;
        this.descriptor = descriptor;
        this.body = body;
        this.origin = origin;
        this.notices = List.copyOf(notices);
        this.ending = ending;
    }

    public Repository repository() {
        return repository;
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    /** The bytes; not to be opened if only a HEAD was asked for. {@link #ended} closes it. */
    public Body body() {
        return body;
    }

    public Origin origin() {
        return origin;
    }

    public List<Notice> notices() {
        return notices;
    }

    /** To be called once, when nothing more goes out: so many bytes of the body did, and that was all asked for or not. */
    public void ended(long bytes, boolean complete) {
        ended("", bytes, complete);
    }

    /** The same, of a part of it: {@code 0-99,200-299}. */
    public void ended(String range, long bytes, boolean complete) {
        body.close();
        ending.ended(range, bytes, complete);
    }
}
