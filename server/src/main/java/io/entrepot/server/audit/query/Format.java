package io.entrepot.server.audit.query;

import java.io.IOException;

/** How an answer is written. */
public enum Format {
    /** A table for a terminal. */
    TEXT {
        @Override
        public void write(Answer answer, int width, Appendable out) throws IOException {
            TextTable.write(answer, width, out);
        }
    },
    /** One object: what was asked, columns, figures, rows as objects. */
    JSON {
        @Override
        public void write(Answer answer, int width, Appendable out) throws IOException {
            out.append(JsonAnswer.of(answer)).append('\n');
        }
    },
    /** RFC 4180, the header first; cells that a spreadsheet would execute are defused. */
    CSV {
        @Override
        public void write(Answer answer, int width, Appendable out) throws IOException {
            CsvTable.write(answer, out);
        }
    },
    /** A page that needs nothing else, to be read or printed. */
    HTML {
        @Override
        public void write(Answer answer, int width, Appendable out) throws IOException {
            HtmlPage.write(answer, out);
        }
    };

    /**
     * Writes an answer.
     *
     * @param width in columns, for text; 0: as wide as it gets
     */
    public abstract void write(Answer answer, int width, Appendable out) throws IOException;
}
