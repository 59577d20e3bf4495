package io.entrepot.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.entrepot.oci.Descriptor;
import io.entrepot.oci.Digest;
import io.entrepot.oci.MediaType;
import io.entrepot.oci.Reference.Tag;
import io.entrepot.oci.Registry;
import io.entrepot.oci.Repository;
import io.entrepot.server.content.Incident;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What store and content notice, as it stands in the log: an event and its facts, never a record as Java prints it. */
class RecordsTest {

    private static final Repository ALPINE = new Repository(Registry.DOCKER_HUB, "library/alpine");
    private static final Digest ONE = Digest.of(new byte[] {1});
    private static final Digest TWO = Digest.of(new byte[] {2});
    private static final Descriptor FROM = new Descriptor(MediaType.OCI_MANIFEST, ONE, 1);
    private static final Descriptor TO = new Descriptor(MediaType.OCI_MANIFEST, TWO, 1);
    private static final Tag TAG = new Tag("3.20");

    private final Logger logger = (Logger) LoggerFactory.getLogger(RecordsTest.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @ParameterizedTest
    @MethodSource
    void isAnEventAndItsFacts(Record record, String line) {
        Records.log(record, logger.atWarn());

        assertThat(logged()).isEqualTo(line);
    }

    static Stream<Arguments> isAnEventAndItsFacts() {
        String alpine = "repository=docker.io/library/alpine ";
        return Stream.of(
                Arguments.of(
                        new Incident.WrongBytes(Registry.DOCKER_HUB, ALPINE, ONE, "hashes to " + TWO),
                        "wrong bytes registry=docker.io " + alpine + "digest=" + ONE + " detail=hashes to " + TWO),
                Arguments.of(
                        new Incident.ImmutableMoved(ALPINE, TAG, FROM, TO),
                        "immutable moved " + alpine + "tag=3.20 served=" + ONE + " upstream=" + TWO),
                Arguments.of(
                        new Incident.TagMoved(ALPINE, TAG, FROM, TO),
                        "tag moved " + alpine + "tag=3.20 from=" + ONE + " to=" + TWO),
                Arguments.of(
                        new Incident.ServedStale(ALPINE, TAG, "no answer"),
                        "served stale " + alpine + "tag=3.20 why=no answer"),
                Arguments.of(
                        new Incident.NotKept(ALPINE, ONE, 5, "the disk is full"),
                        "not kept " + alpine + "digest=" + ONE + " size=5 why=the disk is full"),
                Arguments.of(
                        new io.entrepot.storage.Incident.Damaged(ONE, "hashes to " + TWO),
                        "damaged digest=" + ONE + " detail=hashes to " + TWO));
    }

    private String logged() {
        ILoggingEvent line = lines.list.get(0);
        return line.getMessage() + " "
                + line.getKeyValuePairs().stream()
                        .map(fact -> fact.key + "=" + fact.value)
                        .collect(Collectors.joining(" "));
    }
}
