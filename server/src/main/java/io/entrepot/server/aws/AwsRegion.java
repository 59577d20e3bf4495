package io.entrepot.server.aws;

import java.util.regex.Pattern;

/** A region of Amazon's, such as {@code eu-central-1}. */
public record AwsRegion(String name) {

    private static final Pattern NAME = Pattern.compile("[a-z]{2}(-[a-z]{1,12}){1,3}-[0-9]{1,2}");

    public AwsRegion {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("region: " + name + " (expected: one such as eu-central-1)");
        }
    }

    /** The host of a service in it, such as {@code sts.eu-central-1.amazonaws.com}. */
    public String host(String service) {
        return service + "." + name + "." + domain();
    }

    private String domain() {
        return name.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    }

    @Override
    public String toString() {
        return name;
    }
}
