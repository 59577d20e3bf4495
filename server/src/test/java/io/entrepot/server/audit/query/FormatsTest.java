package io.entrepot.server.audit.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** Names that somebody chose to do harm, through every format and back. */
class FormatsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    static final List<String> HOSTILE = List.of(
            "plain",
            "=cmd|' /C calc'!A0",
            "+1+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\uff1d1+1",
            "a,b;c\"d'e",
            "line\nfeed\r\nand more",
            "</script><script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "\"><svg onload=alert(1)>",
            "--> ]]> <!-- <![CDATA[",
            "&amp; &lt; &#x27;",
            "\u202egpj.exe\u202c \u200f\u2066\u2069",
            "\u001b[2J\u001b]0;title\u0007\u009b31m",
            "nul\u0000 bell\u0007 del\u007f",
            "\ud83d\ude00 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
            "a\u2028b\u2029c\ufeffd",
            "half \ud800 and \udc00",
            "{{7*7}} ${7*7} %s %n",
            "' OR 1=1; DROP TABLE records; --",
            "x".repeat(65_535),
            "\uff1d".repeat(2000) + "\"".repeat(2000));

    @Test
    void jsonGivesBackWhatWasPutIn() throws IOException {
        JsonNode node = JSON.readTree(written(Format.JSON, 0));
        for (int i = 0; i < HOSTILE.size(); i++) {
            assertThat(node.path("rows").path(i).path("name").asText()).isEqualTo(HOSTILE.get(i));
            assertThat(node.path("rows").path(i).path("number").asLong()).isEqualTo(-i);
            assertThat(node.path("rows").path(i).path("list").path(0).asText()).isEqualTo(HOSTILE.get(i));
        }
        assertThat(written(Format.JSON, 0)).matches(Pattern.compile("[\\x20-\\x7f]*\n"));
    }

    @Test
    void csvGivesBackWhatWasPutInAndExecutesNothing() throws IOException {
        List<List<String>> lines = csv(written(Format.CSV, 0));
        assertThat(lines)
                .hasSize(HOSTILE.size() + 1)
                .allSatisfy(line -> assertThat(line).hasSize(5));
        assertThat(lines.get(0)).containsExactly("name", "number", "time", "list", "empty");
        for (int i = 0; i < HOSTILE.size(); i++) {
            String cell = lines.get(i + 1).get(0);
            assertThat("=+-@\t\r\uff1d").doesNotContain(cell.substring(0, 1));
            assertThat(cell).isIn(HOSTILE.get(i), "'" + HOSTILE.get(i));
            assertThat(lines.get(i + 1).get(1)).isEqualTo(Integer.toString(-i));
        }
    }

    @Test
    void textObeysNoControlAndKeepsItsLines() throws IOException {
        for (int width : List.of(0, 80, 200)) {
            List<String> lines = written(Format.TEXT, width).lines().toList();
            long head = written(Format.TEXT, width)
                    .lines()
                    .takeWhile(line -> !line.isEmpty())
                    .count();
            assertThat(lines).hasSize((int) head + 2 + HOSTILE.size());
            assertThat(String.join("", lines).codePoints())
                    .noneMatch(c -> Character.getType(c) == Character.CONTROL
                            || Character.getType(c) == Character.FORMAT
                            || Character.getType(c) == Character.SURROGATE);
            assertThat(lines.subList((int) head + 1, lines.size()))
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width == 0 ? 1000 : width));
        }
    }

    @Test
    void htmlIsOneDocumentWithNothingInItThatRuns() throws Exception {
        String html = written(Format.HTML, 0);
        // What is written is XML, too, but for three void elements: so a strict parser can be asked.
        String xml = html.replace("<!DOCTYPE html>\n", "").replaceAll("<meta ([^>]*)>", "<meta $1/>");
        Document page =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));

        for (String element : List.of("script", "img", "iframe", "a", "link", "object", "form", "base")) {
            assertThat(page.getElementsByTagName(element).getLength())
                    .as(element)
                    .isZero();
        }
        assertThat(html)
                .contains("default-src 'none'; style-src 'sha256-")
                .doesNotContain("unsafe-inline", " style=\"", "http://", "https://");
        assertThat(Pattern.compile("<[^>]* on[a-z]+=")
                        .matcher(html.replaceAll("&[a-z0-9#]+;", ""))
                        .find())
                .isFalse();
        var rows = page.getElementsByTagName("tbody").item(0).getChildNodes();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < rows.getLength(); i++) {
            if (rows.item(i).getNodeName().equals("tr")) {
                names.add(rows.item(i).getFirstChild().getTextContent());
            }
        }
        assertThat(names).hasSize(HOSTILE.size()).startsWith("plain", "=cmd|' /C calc'!A0");
        assertThat(names.get(10)).isEqualTo("</script><script>alert(1)</script>");
        assertThat(names.get(15)).startsWith("\\u{202e}gpj.exe\\u{202c}");
        assertThat(names.get(23)).hasSize(600).endsWith("…");
    }

    @Test
    void writesATable() throws IOException {
        Answer answer = new Answer(
                "top",
                "Most pulled",
                "What was pulled.",
                Map.of("from", "2026-11-01T00:00:00Z"),
                List.of(new Answer.Figure("Served", Answer.Kind.BYTES, 3L << 30)),
                List.of(),
                List.of(
                        new Answer.Column("name", Answer.Kind.TEXT, "Image"),
                        new Answer.Column("pulls", Answer.Kind.NUMBER, "Pulls"),
                        new Answer.Column("served", Answer.Kind.BYTES, "What went out"),
                        new Answer.Column("last", Answer.Kind.TIME, "Last one")),
                List.of(
                        List.of(
                                "docker.io/library/alpine",
                                12345L,
                                1536L,
                                Instant.parse("2026-11-02T03:04:05.678901Z")),
                        List.of("a", 1L, 0L, Instant.parse("2026-11-02T03:04:05Z"))),
                17);
        StringBuilder out = new StringBuilder();
        Format.TEXT.write(answer, 60, out);

        assertThat(out.toString()).isEqualTo("""
                        Most pulled
                        from: 2026-11-01T00:00:00Z
                        Served: 3.0 GiB

                        NAME                     PULLS   SERVED  LAST
                        docker.io/library/alp…  12,345  1.5 KiB  2026-11-02 03:04:05
                        a                            1      0 B  2026-11-02 03:04:05
                        more: --after 17
                        """);
    }

    private static String written(Format format, int width) throws IOException {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < HOSTILE.size(); i++) {
            rows.add(new ArrayList<>(Arrays.asList(
                    HOSTILE.get(i), (long) -i, Instant.parse("2026-11-02T03:04:05Z"), List.of(HOSTILE.get(i)), null)));
        }
        List<Answer.Bar> bars = HOSTILE.stream()
                .map(name -> new Answer.Bar(name, name.length()))
                .toList();
        Answer answer = new Answer(
                "hostile",
                "Hostile names",
                "Each is what somebody chose to do harm.",
                Map.of("image", HOSTILE.get(10)),
                List.of(new Answer.Figure("Names", Answer.Kind.TEXT, HOSTILE.get(11))),
                List.of(
                        new Answer.Chart("Lengths", false, Answer.Kind.NUMBER, bars),
                        new Answer.Chart("Days", true, Answer.Kind.BYTES, bars)),
                List.of(
                        new Answer.Column("name", Answer.Kind.TEXT, "A name"),
                        new Answer.Column("number", Answer.Kind.NUMBER, "A number"),
                        new Answer.Column("time", Answer.Kind.TIME, "A time"),
                        new Answer.Column("list", Answer.Kind.TEXT, "A list"),
                        new Answer.Column("empty", Answer.Kind.TEXT, "Nothing")),
                rows,
                -1);
        StringBuilder out = new StringBuilder();
        format.write(answer, width, out);
        return out.toString();
    }

    /** RFC 4180, to the letter. */
    private static List<List<String>> csv(String text) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                cell.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || c == '\r')) {
                line.add(cell.toString());
                cell.setLength(0);
                if (c == '\r') {
                    assertThat(text.charAt(++i)).isEqualTo('\n');
                    lines.add(List.copyOf(line));
                    line.clear();
                }
            } else {
                cell.append(c);
            }
        }
        assertThat(cell).isEmpty();
        return lines;
    }
}
