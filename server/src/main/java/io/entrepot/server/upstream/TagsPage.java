package io.entrepot.server.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.entrepot.oci.Reference;
import io.entrepot.server.upstream.Upstream.TagPage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code {"name": …, "tags": [ … ]}} (distribution-spec, listing tags); what is no tag is left out. */
final class TagsPage {

    /** The largest answer read, in bytes. */
    static final int LARGEST = 4 * 1024 * 1024;

    /** The most tags taken from one answer; the rest is for the next page. */
    static final int MOST = 10_000;

    private static final JsonFactory JSON = new JsonFactory();

    private final List<String> tags = new ArrayList<>();
    private boolean more;

    private TagsPage(boolean more) {
        this.more = more;
    }

    /** @param more whether the answer named a next page. @throws WrongAnswer if it is no list of tags */
    static TagPage read(byte[] body, boolean more) {
        TagsPage page = new TagsPage(more);
        try (JsonParser json = JSON.createParser(body)) {
            page.readObject(json);
        } catch (IOException e) {
            throw new WrongAnswer("sent a list of tags that is not JSON (expected: {\"name\": …, \"tags\": […]})");
        }
        // with no tag there is nothing to go on from
        return new TagPage(page.tags, page.more && !page.tags.isEmpty());
    }

    private void readObject(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new WrongAnswer("sent a list of tags that is no JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = json.currentName().equals("tags");
            if (json.nextToken() == JsonToken.START_ARRAY && wanted) {
                readTags(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private void readTags(JsonParser json) throws IOException {
        // a list without an end is an IOException of the parser's
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == JsonToken.VALUE_STRING && isTag(json.getText())) {
                add(json.getText());
            }
            json.skipChildren();
        }
    }

    private void add(String tag) {
        if (tags.size() < MOST) {
            tags.add(tag);
        } else {
            more = true;
        }
    }

    private static boolean isTag(String text) {
        try {
            return !new Reference.Tag(text).name().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
