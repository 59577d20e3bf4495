package io.entrepot.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads the part of YAML that a configuration needs: one document of mappings, lists and text, at most 32 deep.
 *
 * <p>Anchors, aliases and tags are refused: each place says what holds there, and nothing can be blown up by repetition.
 */
final class YamlReader {

    private static final int DEEPEST = 32;

    private final String name;

    YamlReader(String name) {
        this.name = name;
    }

    /** The document; empty if the text has none. */
    Optional<Node> read(String text) throws ConfigException {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setUseMarks(true)
                .setAllowDuplicateKeys(true)
                .setAllowNonScalarKeys(true)
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        try {
            // The composer recurses, so what it may meet is checked on the flat stream of events first.
            check(new Parse(settings).parseString(text));
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            throw problem(e.getProblemMark(), "not YAML: " + e.getProblem());
        } catch (ReaderException e) {
            throw problem(lineOf(text, e.getPosition()), "not YAML: a character that no text has, " + hex(e));
        } catch (YamlEngineException e) {
            throw problem(
                    1,
                    "not YAML: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private void check(Iterable<Event> events) throws ConfigException {
        Deque<Event> open = new ArrayDeque<>();
        boolean started = false;
        for (Event event : events) {
            if (event instanceof DocumentStartEvent) {
                refuseIf(started, event, "a second document (expected: one)");
                started = true;
            } else if (event instanceof CollectionStartEvent) {
                open.push(event);
                refuseIf(open.size() > DEEPEST, event, "nested deeper than " + DEEPEST + " levels");
            } else if (event instanceof CollectionEndEvent) {
                open.pop();
            }
            refuseIf(isShared(event), event, "an anchor or alias (expected: each value written where it holds)");
            refuseIf(isTagged(event), event, "a tag (expected: plain values without !)");
        }
    }

    private static boolean isShared(Event event) {
        return event instanceof AliasEvent
                || (event instanceof NodeEvent node && node.getAnchor().isPresent());
    }

    private static boolean isTagged(Event event) {
        return (event instanceof ScalarEvent scalar && scalar.getTag().isPresent())
                || (event instanceof CollectionStartEvent collection
                        && collection.getTag().isPresent());
    }

    private void refuseIf(boolean condition, Event at, String message) throws ConfigException {
        if (condition) {
            throw problem(at.getStartMark(), message);
        }
    }

    private ConfigException problem(Optional<Mark> mark, String message) {
        return problem(mark.map(Mark::getLine).orElse(0) + 1, message);
    }

    private ConfigException problem(int line, String message) {
        return new ConfigException(List.of(new ConfigProblem(name, line, Problems.printable(message))));
    }

    private static int lineOf(String text, int position) {
        return 1
                + (int) text.codePoints().limit(position).filter(c -> c == '\n').count();
    }

    private static String hex(ReaderException e) {
        return String.format("U+%04X", e.getCodePoint());
    }
}
