package io.entrepot.server.audit.query;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Bars as SVG: ranked ones lie below one another, those of days stand beside one another, with no day left out. */
final class SvgChart {

    private static final double WIDTH = 560;
    private static final int MOST_DAYS = 120;

    private SvgChart() {}

    static String of(Answer.Chart chart) {
        return chart.days() ? standing(chart) : lying(chart);
    }

    private static String lying(Answer.Chart chart) {
        double most = most(chart.bars());
        double row = 24;
        double left = 190;
        double room = WIDTH - left - 74;
        StringBuilder svg = open(chart, row * chart.bars().size() + 2);
        for (int i = 0; i < chart.bars().size(); i++) {
            Answer.Bar bar = chart.bars().get(i);
            double y = i * row;
            double width = Math.max(1, bar.value() / most * room);
            text(
                    svg,
                    "name",
                    left - 10,
                    y + 15,
                    "end",
                    Values.shortened(Values.harmless(Values.shortened(bar.label(), 200)), 31));
            rectangle(svg, left, y + 4, width, row - 9, bar.label() + ": " + shown(chart, bar.value()));
            text(svg, "value", left + width + 7, y + 15, "start", shown(chart, bar.value()));
        }
        return svg.append("</svg>").toString();
    }

    private static String standing(Answer.Chart chart) {
        List<Answer.Bar> bars = everyDay(chart.bars());
        double height = 170;
        double left = 52;
        double bottom = 24;
        double room = height - bottom - 12;
        double most = rounded(most(bars), chart.kind());
        double step = (WIDTH - left) / bars.size();
        StringBuilder svg = open(chart, height);
        for (int line = 1; line <= 2; line++) {
            double y = height - bottom - room * line / 2;
            line(svg, "rule", left, y);
            text(svg, "axis", left - 8, y + 4, "end", shown(chart, most * line / 2));
        }
        for (int i = 0; i < bars.size(); i++) {
            double tall = bars.get(i).value() / most * room;
            if (tall > 0) {
                String note =
                        bars.get(i).label() + ": " + shown(chart, bars.get(i).value());
                rectangle(
                        svg,
                        left + i * step + Math.min(1, step / 6),
                        height - bottom - tall,
                        Math.max(.6, step - Math.min(2, step / 3)),
                        tall,
                        note);
            }
        }
        line(svg, "base", left, height - bottom);
        text(svg, "axis", left, height - 7, "start", bars.get(0).label());
        text(
                svg,
                "axis",
                left + (WIDTH - left) / 2,
                height - 7,
                "middle",
                bars.size() > 4 ? bars.get(bars.size() / 2).label() : "");
        text(svg, "axis", WIDTH, height - 7, "end", bars.get(bars.size() - 1).label());
        return svg.append("</svg>").toString();
    }

    /** Days without a bar get one of nothing; of many, weeks are made. */
    private static List<Answer.Bar> everyDay(List<Answer.Bar> bars) {
        Map<LocalDate, Double> days = new TreeMap<>();
        for (Answer.Bar bar : bars) {
            try {
                days.merge(LocalDate.parse(bar.label()), bar.value(), Double::sum);
            } catch (DateTimeException e) {
                return bars;
            }
        }
        LocalDate first = List.copyOf(days.keySet()).get(0);
        LocalDate last = List.copyOf(days.keySet()).get(days.size() - 1);
        long count = last.toEpochDay() - first.toEpochDay() + 1;
        int each = count > MOST_DAYS ? (int) (count / MOST_DAYS + 1) : 1;
        List<Answer.Bar> all = new ArrayList<>();
        for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(each)) {
            double sum = 0;
            for (int i = 0; i < each; i++) {
                sum += days.getOrDefault(day.plusDays(i), 0.0);
            }
            all.add(new Answer.Bar(day.toString(), sum));
        }
        return all;
    }

    private static double most(List<Answer.Bar> bars) {
        return Math.max(1, bars.stream().mapToDouble(Answer.Bar::value).max().orElse(1));
    }

    /** Up to 1, 2 or 5 times a power, so that the lines stand at numbers that one can read. */
    private static double rounded(double most, Answer.Kind kind) {
        double base = kind == Answer.Kind.BYTES ? Math.pow(1024, Math.floor(Math.log(most) / Math.log(1024))) : 1;
        double scaled = most / base;
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(1, scaled))));
        for (double factor : new double[] {1, 2, 4, 6, 8, 10}) {
            if (factor * power >= scaled) {
                return Math.max(2, factor * power) * base;
            }
        }
        return most;
    }

    private static String shown(Answer.Chart chart, double value) {
        return chart.kind() == Answer.Kind.BYTES ? Values.bytes(value) : String.format(Locale.ROOT, "%,.0f", value);
    }

    private static StringBuilder open(Answer.Chart chart, double height) {
        return new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                height,
                HtmlPage.escaped(chart.title())));
    }

    private static void rectangle(StringBuilder svg, double x, double y, double width, double height, String note) {
        svg.append(String.format(
                        Locale.ROOT,
                        "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
                        x,
                        y,
                        width,
                        height))
                .append("<title>")
                .append(HtmlPage.text(note))
                .append("</title></rect>");
    }

    private static void line(StringBuilder svg, String style, double left, double y) {
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>",
                style,
                left,
                WIDTH,
                y,
                y));
    }

    private static void text(StringBuilder svg, String style, double x, double y, String anchor, String text) {
        svg.append(String.format(
                        Locale.ROOT,
                        "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
                        style,
                        x,
                        y,
                        anchor))
                .append(HtmlPage.escaped(text))
                .append("</text>");
    }
}
