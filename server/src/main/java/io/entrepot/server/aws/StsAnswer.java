package io.entrepot.server.aws;

import io.entrepot.config.Secret;
import io.entrepot.server.net.HttpAnswer;
import io.entrepot.server.net.Lease;
import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.DateTimeException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What the token service answers, which is XML:
 *
 * <pre>
 *   &lt;AssumeRoleWithWebIdentityResponse&gt;&lt;…Result&gt;&lt;Credentials&gt;&lt;AccessKeyId&gt;…
 *   &lt;ErrorResponse&gt;&lt;Error&gt;&lt;Code&gt;AccessDenied&lt;/Code&gt;…
 * </pre>
 */
final class StsAnswer {

    private static final String WHO = "the token service (STS)";

    private StsAnswer() {}

    /** @throws NoAwsKeys if it holds none */
    static Lease<AwsKeys> keys(HttpAnswer answer, Clock clock) {
        try {
            Map<String, String> values = values(answer.body());
            if (answer.status() != 200) {
                throw new NoAwsKeys(WHO + " answered " + answer.status() + " " + code(values) + " (expected: 200)");
            }
            String id = values.getOrDefault("AccessKeyId", "");
            String secret = values.getOrDefault("SecretAccessKey", "");
            if (id.isEmpty() || secret.isEmpty()) {
                throw new NoAwsKeys(WHO + " gave no keys (expected: AccessKeyId and SecretAccessKey)");
            }
            Optional<Secret> session =
                    Optional.ofNullable(values.get("SessionToken")).map(Secret::new);
            return new Lease<>(
                    new AwsKeys(id, new Secret(secret), session),
                    KeysJson.lifetime(values.getOrDefault("Expiration", ""), clock.instant()));
        } catch (XMLStreamException | DateTimeException e) {
            throw new NoAwsKeys(
                    WHO + " answered " + answer.status() + " with something else than keys (expected: XML)");
        }
    }

    /** Its codes are single words; whatever else stands there is not repeated. */
    private static String code(Map<String, String> values) {
        String code = values.getOrDefault("Code", "");
        return code.matches("[A-Za-z.]{1,64}") ? code : "without a code";
    }

    /** The text of each element that holds nothing but text. */
    private static Map<String, String> values(byte[] xml) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
        Map<String, String> values = new HashMap<>();
        StringBuilder text = new StringBuilder();
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> text.setLength(0);
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    values.putIfAbsent(reader.getLocalName(), text.toString().strip());
                    text.setLength(0);
                }
                default -> {}
            }
        }
        return values;
    }
}
