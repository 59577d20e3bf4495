package io.entrepot.server.upstream;

import io.entrepot.config.RateLimits;
import io.entrepot.server.upstream.UpstreamEvents.Endpoint;
import io.entrepot.server.upstream.Withheld.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one upstream grants one account, as far as its answers tell, and what is done with it. What counts is a GET of a
 * manifest; a HEAD does not, and shows what is left all the same.
 *
 * <pre>
 *   plenty ──left below the threshold──► stretched: tags are believed longer, the less is left the longer
 *      ▲                                     └──nothing left (but the reserve)──► spent: nothing that counts is asked
 *      └── an answer says that more is left ◄── one HEAD, when something must have come back or a 24th of the window passed;
 *                                               one GET instead where a HEAD does not say what is left
 * </pre>
 *
 * <p>Kept in memory alone: after a restart the first answer says what is left. Never asks for the time; may be called
 * from any thread.
 */
final class Budget {

    private static final Duration UNSAID_WINDOW = Duration.ofHours(6);
    private static final Duration SPENT_FIRST = Duration.ofMinutes(1);
    private static final Duration SPENT_LONGEST = Duration.ofMinutes(15);
    private static final int MOST_STRETCH = 32;
    private static final int FORECAST_PART = 8;

    private final Words words;
    private final RateLimits rules;
    private final Haste anything;
    private final Haste tokens;
    private final NewNames newNames = new NewNames();

    // guarded by this
    private Optional<News> heard = Optional.empty();
    private Tally counted = new Tally(UNSAID_WINDOW);
    private int flying;
    private long answers;
    private final Probes probes = new Probes();
    private final Slowdown pulls = new Slowdown(SPENT_FIRST, SPENT_LONGEST);

    private final Counts<Endpoint> sent = new Counts<>(Endpoint.class);
    private final Counts<Endpoint> saved = new Counts<>(Endpoint.class);
    private final Counts<Reason> withheld = new Counts<>(Reason.class);

    /** What holds for everybody while nothing is tight, so that who is answered from the cache takes no lock. */
    private volatile Optional<Thrift> easy = Optional.of(Thrift.NONE);

    /** What was said last, when, and when something will have come back if nobody but us spends it. */
    private record News(Grant grant, Instant at, Instant back) {}

    /**
     * @param anything until when the upstream wants to be left alone
     * @param tokens until when its token server does
     */
    Budget(Words words, RateLimits rules, Haste anything, Haste tokens) {
        this.words = words;
        this.rules = rules;
        this.anything = anything;
        this.tokens = tokens;
    }

    /** Whether this may be asked now; if it may, {@link #ended} must follow. */
    synchronized Optional<Withheld> take(Endpoint endpoint, Errand errand, Instant now) {
        Optional<Withheld> why = refusal(endpoint, errand, now);
        why.ifPresent(no -> withheld.add(no.reason()));
        if (why.isEmpty() && counts(endpoint)) {
            if (mine(errand.payer().chosen(), now) <= 0) {
                probes.counted(now);
            }
            flying++;
            settle(now);
        }
        return why;
    }

    /**
     * Whether a HEAD is to be sent before this, since it may show that there is room again; if so, {@link #looked} must
     * follow. It costs nobody anything, so that it is sent on behalf of everybody, one at a time.
     */
    synchronized boolean look(Endpoint endpoint, Payer payer, Instant now) {
        return counts(endpoint)
                && heard.isPresent()
                && pulls.isOver(now)
                && anything.isOver(now)
                && mine(payer.chosen(), now) <= 0
                && flying == 0
                && isDue(now)
                && probes.look(now);
    }

    /**
     * The HEAD has ended.
     *
     * @param answered whether with what was asked for: then it is known whether HEADs say what is left
     */
    synchronized void looked(boolean answered) {
        probes.looked(answered, heard.orElseThrow().at());
    }

    /** How long it is after a 429 that did not say when to come again; zero if it may be asked now. */
    synchronized Duration patience(Endpoint endpoint, Payer payer, Instant now) {
        return refusal(endpoint, new Errand(payer, false), now)
                .map(Withheld::retryAfter)
                .orElse(Duration.ZERO);
    }

    /** What was taken has ended, in whatever way. */
    synchronized void ended(Endpoint endpoint, Instant now) {
        if (counts(endpoint)) {
            flying--;
            settle(now);
        }
    }

    /** Whether the upstream said nothing of limits that would hold now. */
    synchronized boolean isOfNothing(Instant now) {
        return heard.isEmpty() && pulls.isOver(now) && anything.isOver(now) && tokens.isOver(now);
    }

    /** Why no token may be asked for now; nobody takes what a token costs. */
    synchronized Optional<Withheld> tokens(Instant now) {
        if (tokens.isOver(now)) {
            return Optional.empty();
        }
        withheld.add(Reason.SLOW_DOWN);
        return Optional.of(words.slowDown("its token server", tokens.left(now)));
    }

    /** A request is sent, for the first time or again. Its number among answers that counted goes with its answer. */
    synchronized long sent(Endpoint endpoint) {
        sent.add(endpoint);
        return answers;
    }

    /** It did not come to its turn. */
    void withheld(Reason reason) {
        withheld.add(reason);
    }

    /** An answer was given from the cache, which else would have been this. */
    void saved(Endpoint endpoint) {
        saved.add(endpoint);
    }

    /**
     * An answer came, and said this of what is left.
     *
     * @param given whether it gives what was asked for: what is not there, or not for us, does not count
     * @param number what {@link #sent} said
     */
    synchronized void answered(Endpoint endpoint, Optional<Grant> grant, boolean given, long number, Instant now) {
        if (given && counts(endpoint)) {
            counted.add(now);
        }
        if (given && endpoint == Endpoint.MANIFEST_HEAD) {
            probes.headSaid(grant.isPresent());
        }
        note(grant.filter(said -> number == answers || !isMore(said)), now);
        answers += given && counts(endpoint) ? 1 : 0;
        (endpoint == Endpoint.TOKEN ? tokens : anything).answered(now);
        if (counts(endpoint)) {
            pulls.answered(now);
        }
        settle(now);
    }

    /**
     * A 429 came.
     *
     * @param retryAfter zero if it did not say
     * @param ofPulls whether it says that pulls are limited, and not that we are too fast
     */
    synchronized void refused(
            Endpoint endpoint, Optional<Grant> grant, Duration retryAfter, boolean ofPulls, Instant now) {
        note(grant, now);
        if (endpoint == Endpoint.TOKEN) {
            tokens.refused(retryAfter, now);
        } else if (ofPulls || isUsedUp(now)) {
            spent(retryAfter, now);
        } else {
            anything.refused(retryAfter, now);
        }
        settle(now);
    }

    private boolean isUsedUp(Instant now) {
        return heard.filter(known -> known.grant().remaining() == 0)
                .filter(known -> now.isBefore(known.at().plus(known.grant().window())))
                .isPresent();
    }

    private void spent(Duration retryAfter, Instant now) {
        boolean promised = !retryAfter.isZero();
        if (heard.isEmpty() || promised) {
            pulls.refused(retryAfter, now);
        }
        heard = heard.map(known ->
                new News(known.grant().used(), now, promised ? now.plus(retryAfter) : back(known.grant(), now)));
    }

    /** More than was said since it was asked for: it may be what was left before that was spent. */
    private boolean isMore(Grant said) {
        return heard.filter(known -> said.remaining() > known.grant().remaining())
                .isPresent();
    }

    private void note(Optional<Grant> grant, Instant now) {
        grant.ifPresent(said -> {
            if (!counted.window().equals(said.window())) {
                counted = new Tally(said.window());
            }
            heard = Optional.of(new News(said, now, back(said, now)));
        });
    }

    /** When the oldest of what we spent comes back; all of it does a window after it was last heard of. */
    private Instant back(Grant grant, Instant now) {
        Instant latest = now.plus(grant.window());
        return counted.oldestLeaves(now).map(ours -> earlier(ours, latest)).orElse(latest);
    }

    /** How sparingly it is to be asked on behalf of this payer. */
    Thrift thrift(Payer payer, Instant now) {
        Optional<Thrift> plenty = easy;
        return plenty.isPresent() ? plenty.get() : tight(payer, now);
    }

    private synchronized Thrift tight(Payer payer, Instant now) {
        settle(now);
        int factor = stretch(payer.chosen(), now);
        String because = factor == 1 ? "" : words.remains(heard.map(News::grant), mine(payer.chosen(), now));
        return new Thrift(factor, heard.isPresent(), because);
    }

    private void settle(Instant now) {
        easy = stretch(false, now) > 1 ? Optional.empty() : Optional.of(new Thrift(1, heard.isPresent(), ""));
    }

    private int stretch(boolean chosen, Instant now) {
        if (!pulls.isOver(now)) {
            return MOST_STRETCH;
        }
        if (heard.isEmpty() || rules.stretchBelow() == 0) {
            return 1;
        }
        long whole = grant().limit() - (chosen ? 0 : reserve());
        double part = Math.max(0, mine(chosen, now)) / (double) whole;
        int factor = 1;
        for (double below = rules.stretchBelow() / 100.0; part < below && factor < MOST_STRETCH; below /= 2) {
            factor *= 2;
        }
        return factor;
    }

    private static boolean counts(Endpoint endpoint) {
        return endpoint == Endpoint.MANIFEST;
    }

    private Optional<Withheld> refusal(Endpoint endpoint, Errand errand, Instant now) {
        if (!anything.isOver(now)) {
            return Optional.of(words.slowDown("it", anything.left(now)));
        }
        boolean ofPulls = counts(endpoint) || endpoint == Endpoint.MANIFEST_HEAD;
        if (ofPulls && !pulls.isOver(now)) {
            return Optional.of(words.spent(heard.map(News::grant), pulls.left(now)));
        }
        if (!counts(endpoint) || heard.isEmpty()) {
            return Optional.empty();
        }
        Optional<Withheld> empty = empty(errand.payer().chosen(), now);
        return empty.isPresent() ? empty : newName(errand, now);
    }

    private Optional<Withheld> empty(boolean chosen, Instant now) {
        if (mine(chosen, now) > 0 || mayProbe(chosen, now)) {
            return Optional.empty();
        }
        long left = left(now);
        Instant back = heard.orElseThrow().back();
        Instant again = probes.headsTell() || mayTry(chosen) ? earlier(back, nextProbe()) : back;
        Duration wait = Words.until(again, now);
        return Optional.of(
                left > 0 && !chosen ? words.reserved(grant(), left, wait) : words.spent(Optional.of(grant()), wait));
    }

    private Optional<Withheld> newName(Errand errand, Instant now) {
        Payer payer = errand.payer();
        if (!errand.newName()
                || payer.chosen()
                || payer.operator()
                || payer.name().isEmpty()) {
            return Optional.empty();
        }
        long most = Math.max(1, grant().limit() * rules.newNames() / 100);
        Duration wait = newNames.take(payer.name(), most, grant().window(), now);
        return wait.isZero() ? Optional.empty() : Optional.of(words.newNames(grant(), payer.name(), most, wait));
    }

    /** One request at a time, where no HEAD tells. */
    private boolean mayProbe(boolean chosen, Instant now) {
        return !probes.headsTell() && flying == 0 && (mayTry(chosen) ? isDue(now) : isBack(now));
    }

    private boolean isDue(Instant now) {
        return isBack(now) || !now.isBefore(nextProbe());
    }

    private boolean isBack(Instant now) {
        return !now.isBefore(heard.orElseThrow().back());
    }

    /** Whether something may be asked now and then in the hope that more came back than we spent; it may be the last there is. */
    private boolean mayTry(boolean chosen) {
        return chosen || reserve() == 0;
    }

    private Instant nextProbe() {
        News known = heard.orElseThrow();
        return probes.next(known.at(), known.grant().window());
    }

    /** Nobody knows: as much as there can be. */
    private long left(Instant now) {
        return heard.map(known -> now.isBefore(known.at().plus(known.grant().window()))
                        ? known.grant().remaining() - flying
                        : known.grant().limit() - flying)
                .orElse(Long.MAX_VALUE);
    }

    private long mine(boolean chosen, Instant now) {
        return left(now) - (chosen ? 0 : reserve());
    }

    private long reserve() {
        return heard.map(known -> (known.grant().limit() * rules.reserve().share() + 99) / 100)
                .orElse(0L);
    }

    private Grant grant() {
        return heard.orElseThrow().grant();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Everything at once. */
    synchronized BudgetReport report(String upstream, int waiting, Instant now) {
        long left = heard.isPresent() ? Math.max(0, left(now)) : 0;
        return new BudgetReport(
                upstream,
                words.registry(),
                words.account(),
                heard.map(known -> granted(known, now)),
                left,
                Math.min(reserve(), left),
                stretch(false, now),
                again(pulls.left(now), now),
                again(anything.left(now), now),
                sent.counted(),
                saved.counted(),
                withheld.counted(),
                waiting);
    }

    private BudgetReport.Granted granted(News known, Instant now) {
        Grant grant = known.grant();
        return new BudgetReport.Granted(
                grant.limit(),
                grant.window(),
                grant.source(),
                known.at(),
                counted.count(now),
                known.back(),
                exhausted(known, now));
    }

    private Optional<Instant> exhausted(News known, Instant now) {
        Duration part = counted.window().dividedBy(FORECAST_PART);
        long lately = counted.count(now, part);
        if (lately == 0) {
            return Optional.empty();
        }
        Instant then = now.plus(part.multipliedBy(Math.max(0, left(now))).dividedBy(lately));
        return then.isBefore(known.back()) ? Optional.of(then) : Optional.empty();
    }

    private static Optional<Instant> again(Duration left, Instant now) {
        return left.isZero() ? Optional.empty() : Optional.of(now.plus(left));
    }
}
