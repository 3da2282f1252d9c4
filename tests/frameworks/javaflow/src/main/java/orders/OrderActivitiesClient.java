package orders;

import com.amazonaws.services.simpleworkflow.flow.ActivitiesClientBase;
import com.amazonaws.services.simpleworkflow.flow.ActivityTaskTimedOutException;
import com.amazonaws.services.simpleworkflow.flow.annotations.ExponentialRetry;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.model.ActivityType;

/** Schedules activities from workflow code: what the framework's generator makes of `OrderActivities`. */
public class OrderActivitiesClient extends ActivitiesClientBase {
    public OrderActivitiesClient() {
        super(null, null, null);
    }

    /** Tries again after 1 s, 2 s and so on; what the activity threw counts, not the exception around it. */
    @ExponentialRetry(
            initialRetryIntervalSeconds = 1,
            maximumAttempts = 5,
            exceptionsToRetry = IllegalStateException.class)
    public Promise<Integer> price(String item) {
        return schedule("price", Integer.class, item);
    }

    /** Tries again after 1 s when the worker is gone. */
    @ExponentialRetry(initialRetryIntervalSeconds = 1, exceptionsToRetry = ActivityTaskTimedOutException.class)
    public Promise<Integer> pack(int parcels) {
        return schedule("pack", Integer.class, parcels);
    }

    public Promise<Void> unpack(int parcels) {
        return schedule("unpack", Void.class, parcels);
    }

    public Promise<String> label(int number, int grams) {
        return schedule("label", String.class, number, grams);
    }

    public Promise<Integer> add(int sum, int grams) {
        return schedule("add", Integer.class, sum, grams);
    }

    private <T> Promise<T> schedule(String method, Class<T> returns, Object... arguments) {
        ActivityType type = ActivityType.builder().name("OrderActivities." + method).version("1.0").build();
        return scheduleActivity(type, arguments, null, returns);
    }
}
