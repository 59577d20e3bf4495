package io.entrepot.server.audit.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An answer as a page that needs nothing else: no script, no address, one style whose hash the page's own policy names, so that
 * whatever a name in it says cannot be more than text. Pictures are SVG. It is made to be printed, too.
 */
final class HtmlPage {

    private static final int MOST_ROWS = 2000;
    private static final int MOST_TEXT = 600;
    private static final String STYLE = style();

    private HtmlPage() {}

    static void write(Answer answer, Appendable out) throws IOException {
        Answer shown = answer.withoutEmptyColumns();
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
                .append(hash(STYLE))
                .append("'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta name=\"referrer\" content=\"no-referrer\">\n<title>")
                .append(escaped(answer.title()))
                .append(" · Entrepot audit</title>\n<style>")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n");
        heading(answer, out);
        figures(answer.figures(), out);
        charts(answer.charts(), out);
        rows(shown, out);
        meanings(shown.columns(), out);
        out.append(
                "<footer>Made by Entrepot from its audit log. Times are UTC. That the log is unaltered, <b>entrepot audit verify</b>"
                        + " shows.</footer>\n</body>\n</html>\n");
    }

    private static void heading(Answer answer, Appendable out) throws IOException {
        out.append("<header>\n<p class=\"eyebrow\">Entrepot audit</p>\n<h1>")
                .append(escaped(answer.title()))
                .append("</h1>\n<p class=\"lead\">")
                .append(escaped(answer.about()))
                .append("</p>\n");
        if (!answer.parameters().isEmpty()) {
            out.append("<dl class=\"asked\">");
            for (var each : answer.parameters().entrySet()) {
                out.append("<div><dt>")
                        .append(escaped(each.getKey()))
                        .append("</dt><dd>")
                        .append(text(each.getValue()))
                        .append("</dd></div>");
            }
            out.append("</dl>\n");
        }
        out.append("</header>\n");
    }

    private static void figures(List<Answer.Figure> figures, Appendable out) throws IOException {
        if (figures.isEmpty()) {
            return;
        }
        out.append("<dl class=\"figures\">");
        for (Answer.Figure figure : figures) {
            String value = Values.shown(figure.kind(), figure.value());
            out.append("<div><dt>")
                    .append(escaped(figure.label()))
                    .append(value.length() > 11 ? "</dt><dd class=\"long\">" : "</dt><dd>");
            out.append(value.isEmpty() ? "–" : text(value)).append("</dd></div>");
        }
        out.append("</dl>\n");
    }

    private static void charts(List<Answer.Chart> charts, Appendable out) throws IOException {
        List<Answer.Chart> drawn =
                charts.stream().filter(chart -> chart.bars().size() > 1).toList();
        if (drawn.isEmpty()) {
            return;
        }
        out.append("<div class=\"charts\">\n");
        for (Answer.Chart chart : drawn) {
            out.append("<figure><figcaption>").append(escaped(chart.title())).append("</figcaption>\n");
            out.append(SvgChart.of(chart)).append("</figure>\n");
        }
        out.append("</div>\n");
    }

    private static void rows(Answer answer, Appendable out) throws IOException {
        int count = answer.rows().size();
        out.append("<section class=\"rows\"><h2>In detail<small>").append(extent(count, answer.next() >= 0));
        out.append("</small></h2>\n<div class=\"scroll\"><table>\n<thead><tr>");
        for (Answer.Column column : answer.columns()) {
            out.append(right(column) ? "<th class=\"right\" scope=\"col\">" : "<th scope=\"col\">");
            out.append(escaped(words(column.name()))).append("</th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
        for (List<@Nullable Object> row : answer.rows().subList(0, Math.min(count, MOST_ROWS))) {
            out.append("<tr>");
            for (int i = 0; i < answer.columns().size(); i++) {
                cell(answer.columns().get(i), row.get(i), out);
            }
            out.append("</tr>\n");
        }
        if (count == 0) {
            out.append("<tr><td class=\"none\" colspan=\"")
                    .append(Integer.toString(Math.max(1, answer.columns().size())));
            out.append("\">Nothing in this time.</td></tr>\n");
        }
        out.append("</tbody></table></div></section>\n");
    }

    private static String extent(int count, boolean more) {
        String rows = String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "row" : "rows");
        String shown = count > MOST_ROWS ? String.format(Locale.ROOT, "the first %,d of %s", MOST_ROWS, rows) : rows;
        return shown + (count > MOST_ROWS || more ? "; CSV and JSON have more" : "");
    }

    private static void cell(Answer.Column column, @Nullable Object value, Appendable out) throws IOException {
        String shown = Values.shown(column.kind(), value);
        if (right(column)) {
            out.append("<td class=\"right\">").append(text(shown));
        } else if (column.kind() == Answer.Kind.TIME) {
            out.append("<td class=\"time\">").append(text(shown));
        } else if (digest(shown)) {
            int bold = shown.indexOf(':') + 13;
            out.append("<td class=\"digest\">")
                    .append(text(shown.substring(0, bold - 12)))
                    .append("<b>");
            out.append(text(shown.substring(bold - 12, bold))).append("</b>").append(text(shown.substring(bold)));
        } else {
            out.append(shown.length() <= 28 && shown.indexOf(' ') < 0 ? "<td class=\"word\">" : "<td class=\"words\">")
                    .append(text(shown));
        }
        out.append("</td>");
    }

    private static boolean digest(String text) {
        return text.startsWith("sha256:") && text.length() == 71 || text.startsWith("sha512:") && text.length() == 135;
    }

    private static void meanings(List<Answer.Column> columns, Appendable out) throws IOException {
        out.append("<section class=\"legend\"><h2>What the columns say</h2>\n<dl class=\"meanings\">");
        for (Answer.Column column : columns) {
            out.append("<div><dt>")
                    .append(escaped(words(column.name())))
                    .append("</dt><dd>")
                    .append(escaped(column.meaning()))
                    .append("</dd></div>");
        }
        out.append("</dl></section>\n");
    }

    private static String words(String name) {
        String words = name.replace('_', ' ');
        return words.isEmpty() ? words : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static boolean right(Answer.Column column) {
        return column.kind() == Answer.Kind.NUMBER || column.kind() == Answer.Kind.BYTES;
    }

    /** What came from outside, harmless and not without end. */
    static String text(String text) {
        return escaped(Values.shortened(Values.harmless(Values.shortened(text, 4 * MOST_TEXT)), MOST_TEXT));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String style() {
        try (InputStream in = HtmlPage.class.getResourceAsStream("page.css")) {
            if (in == null) {
                throw new IllegalStateException("page.css is missing from the program");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
