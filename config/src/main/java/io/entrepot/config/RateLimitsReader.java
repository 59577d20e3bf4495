package io.entrepot.config;

import io.entrepot.config.RateLimits.Pace;
import io.entrepot.config.RateLimits.Reserve;
import io.entrepot.oci.Glob;
import java.time.Duration;
import java.util.List;

/** Reads {@code rate-limits} of an upstream. */
final class RateLimitsReader {

    private static final String UNLIMITED = "unlimited";

    /** 1,400 requests in the first minute and 1,200 in each that follows: Docker Hub's abuse limit is in the thousands. */
    private static final int RATE = 20;

    private static final int BURST = 200;
    private static final int FASTEST = 100_000;

    private RateLimitsReader() {}

    /** @param internal whether the upstream is our own, which is asked as fast as it can answer if nothing is said */
    static RateLimits read(Section section, boolean internal) {
        RateLimits limits = new RateLimits(
                reserve(section.section("reserve")),
                section.number("stretch-below", 50, 0, 100),
                section.number("new-names", 25, 1, 100),
                new Pace(
                        section.value("rate", internal ? 0 : RATE, RateLimitsReader::rate),
                        section.number("burst", BURST, 1, FASTEST),
                        section.number("at-once", 32, 1, 10_000),
                        section.deadline("wait", Duration.ofSeconds(30))));
        section.end();
        return limits;
    }

    private static int rate(String text) {
        if (text.equals(UNLIMITED)) {
            return 0;
        }
        try {
            return Text.number(text, 1, FASTEST);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    text + " (expected: requests a second, 1 to " + FASTEST + ", or unlimited)", e);
        }
    }

    private static Reserve reserve(Section section) {
        int share = section.number("share", 0, 0, 90);
        List<Glob> repositories = section.list("repositories", MatchReader::repository);
        List<AskerMatch> clients = AskerReader.each(section.sections("clients"));
        section.end();
        boolean forSomebody = section.lists("repositories") || section.lists("clients");
        if (share > 0 && !forSomebody) {
            section.problem("share", "is for nobody (expected: repositories or clients beside it)");
        }
        if (forSomebody && !section.has("share")) {
            section.problem("no share (expected: share, in percent of what the upstream grants)");
        }
        return new Reserve(share, repositories, clients);
    }
}
