package io.entrepot.server.inspect;

import io.entrepot.server.policy.Pin;
import io.entrepot.server.policy.Standing;
import io.entrepot.server.policy.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is said of a pull by the rules, as it is printed and sent. */
public final class PolicyFacts {

    private PolicyFacts() {}

    /** Of one whose names are known alone. */
    public static Map<String, Object> byNames(Who who, Ruling ruling, Optional<Pin> pin) {
        return facts(who, ruling, pin);
    }

    /** Of one whose content is held; {@code now} by trusted time. */
    public static Map<String, Object> byContent(
            Who who, Ruling ruling, Optional<Pin> pin, Subject subject, Instant now) {
        Map<String, Object> facts = facts(who, ruling, pin);
        facts.put("judged", subject.manifest().descriptor().digest().toString());
        facts.put(
                "platforms", subject.platforms().stream().map(Object::toString).toList());
        facts.put(
                "under",
                subject.standings().stream()
                        .map(standing -> facts(standing, now))
                        .toList());
        return facts;
    }

    private static Map<String, Object> facts(Who who, Ruling ruling, Optional<Pin> pin) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("as", who.shown());
        facts.putAll(ruling.facts());
        pin.ifPresent(found ->
                facts.put("pin", Map.of("digest", found.digest().toString(), "by", found.by(), "why", found.why())));
        return facts;
    }

    private static Map<String, Object> facts(Standing standing, Instant now) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("tag", standing.tag().toString());
        standing.since().ifPresent(since -> {
            facts.put("since", since.toString());
            facts.put("age", text(Duration.between(since, now)));
        });
        facts.put("pinned", standing.pinned());
        facts.put("first", standing.first());
        return facts;
    }

    /** As people write it, to the minute: {@code 80h5m}. */
    private static String text(Duration age) {
        long minutes = Math.max(0, age.toMinutes());
        return (minutes >= 60 ? minutes / 60 + "h" : "") + (minutes % 60 > 0 || minutes < 60 ? minutes % 60 + "m" : "");
    }
}
